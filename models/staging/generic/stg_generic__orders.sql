{#- An order exported again counts as the last file, by name, says. -#}

with

orders as (

    {{ newest('generic', 'orders', key='order_id', at='') }}

),

final as (

    select
        -- keys
        order_id as order_source_id,
        customer_id as customer_source_id,
        agent_id as agent_source_id,
        {{ email_key('customer_email') }} as email_key,
        {{ phone_key('customer_phone') }} as phone_key,

        -- attributes
        coalesce(lower(status), 'paid') as status,
        upper(currency) as currency,
        sales_channel,
        product_category,
        region,
        referral_code,

        -- measures
        net_amount::decimal(18, 2) as net_amount,
        cost_amount::decimal(18, 2) as cost_amount,
        shipping_cost_amount::decimal(18, 2) as shipping_cost_amount,
        payment_fee_amount::decimal(18, 2) as payment_fee_amount,
        refunded_amount::decimal(18, 2) as refunded_amount,

        -- timestamps
        {{ to_utc('ordered_at', var('generic_timezone')) }} as ordered_at,
        {{ to_utc('refunded_at', var('generic_timezone')) }} as refunded_at

    from orders

)

select * from final

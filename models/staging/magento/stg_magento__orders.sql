{#-
    An order exported again counts as updated last; files that don't say when, as the
    last file says. The total holds tax and postage; where the export names no tax (the
    grid's does not), the subtotal is what is net.
-#}

with

orders as (

    {{ newest('magento', 'orders', key='increment_id') }}

),

named as (

    select
        *,
        replace(lower(status), ' ', '_') as shop_status

    from orders

),

final as (

    select
        -- keys
        increment_id as order_source_id,
        customer_id as customer_source_id,
        null::string as agent_source_id,
        {{ email_key('customer_email') }} as email_key,
        {{ phone_key('telephone') }} as phone_key,

        -- attributes
        case
            {%- for paid_status in var('magento_paid_statuses') %}
            when shop_status = '{{ paid_status }}' then 'paid'
            {%- endfor %}
            when
                shop_status in (
                    'pending', 'pending_payment', 'pending_paypal', 'holded', 'on_hold',
                    'payment_review'
                )
                then 'unpaid'
            when shop_status in ('canceled', 'fraud', 'suspected_fraud')
                then 'cancelled'
            when shop_status = 'closed' then 'refunded'
            else shop_status
        end as status,
        coalesce(upper(currency_code), '{{ var("magento_currency") }}') as currency,
        null::string as sales_channel,
        null::string as product_category,
        coalesce(region, country_id) as region,
        case
            when
                upper(coupon_code) like '{{ var("magento_referral_prefix") }}%'
                then upper(coupon_code)
        end as referral_code,

        -- measures
        case
            when tax_amount is null and subtotal is not null
                then subtotal::decimal(18, 2)
            else
                grand_total::decimal(18, 2)
                - coalesce(tax_amount::decimal(18, 2), 0)
                - coalesce(shipping_amount::decimal(18, 2), 0)
        end::decimal(18, 2) as net_amount,
        null::decimal(18, 2) as cost_amount,
        null::decimal(18, 2) as shipping_cost_amount,
        null::decimal(18, 2) as payment_fee_amount,
        {{ net_refund_amount(
            'total_refunded', 'grand_total', 'tax_amount'
        ) }} as refunded_amount,

        -- timestamps
        {{ to_utc('created_at', var('magento_timezone')) }} as ordered_at,
        null::timestamp as refunded_at

    from named

)

select * from final

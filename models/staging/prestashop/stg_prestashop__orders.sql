{#-
    An order exported again counts as updated last. States are the shop's own ids, and
    orders know their customer and address by id only, so both are read here.
-#}

with

orders as (

    {{ newest('prestashop', 'orders', at=to_utc('date_upd')) }}

),

customers as (

    select * from {{ ref('stg_prestashop__customers') }}

),

addresses as (

    select * from {{ ref('stg_prestashop__addresses') }}

),

final as (

    select
        -- keys
        orders.id as order_source_id,
        orders.id_customer as customer_source_id,
        null::string as agent_source_id,
        customers.email_key,
        addresses.phone_key,

        -- attributes
        case orders.current_state
            {%- for status, states in var('prestashop_states').items() %}
            {%- for state in states %}
            when '{{ state }}' then '{{ status }}'
            {%- endfor %}
            {%- endfor %}
            else 'state ' || orders.current_state
        end as status,
        '{{ var("prestashop_currency") }}' as currency,
        null::string as sales_channel,
        null::string as product_category,
        null::string as region,
        null::string as referral_code,

        -- measures
        (
            orders.total_paid_tax_excl::decimal(18, 2)
            - coalesce(orders.total_shipping_tax_excl::decimal(18, 2), 0)
        )::decimal(18, 2) as net_amount,
        null::decimal(18, 2) as cost_amount,
        null::decimal(18, 2) as shipping_cost_amount,
        null::decimal(18, 2) as payment_fee_amount,
        null::decimal(18, 2) as refunded_amount,

        -- timestamps
        {{ to_utc('orders.date_add', var('prestashop_timezone')) }} as ordered_at,
        null::timestamp as refunded_at

    from orders
    left join customers on orders.id_customer = customers.customer_source_id
    left join addresses on orders.id_address_invoice = addresses.address_source_id

)

select * from final

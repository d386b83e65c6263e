{#-
    An order exported again counts as updated last. States are the shop's own ids, and
    orders know their customer by id only, so the customers are read here.
-#}

with

source as (

    select * from {{ source('prestashop', 'orders') }}

),

customers as (

    select * from {{ ref('stg_prestashop__customers') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by id
            order by {{ to_utc('date_upd') }} desc nulls last, _file desc, _line desc
        ) as recency

    from source

),

final as (

    select
        -- keys
        ranked.id as order_source_id,
        ranked.id_customer as customer_source_id,
        null::string as agent_source_id,
        customers.email_key,
        null::string as phone_key,

        -- attributes
        case ranked.current_state
            {%- for status, states in var('prestashop_states').items() %}
            {%- for state in states %}
            when '{{ state }}' then '{{ status }}'
            {%- endfor %}
            {%- endfor %}
            else 'state ' || ranked.current_state
        end as status,
        '{{ var("prestashop_currency") }}' as currency,
        null::string as sales_channel,
        null::string as product_category,
        null::string as region,
        null::string as referral_code,

        -- measures
        (
            ranked.total_paid_tax_excl::decimal(18, 2)
            - coalesce(ranked.total_shipping_tax_excl::decimal(18, 2), 0)
        )::decimal(18, 2) as net_amount,
        null::decimal(18, 2) as cost_amount,
        null::decimal(18, 2) as shipping_cost_amount,
        null::decimal(18, 2) as payment_fee_amount,
        null::decimal(18, 2) as refunded_amount,

        -- timestamps
        {{ to_utc('ranked.date_add', var('prestashop_timezone')) }} as ordered_at,
        null::timestamp as refunded_at

    from ranked
    left join customers on ranked.id_customer = customers.customer_source_id
    where ranked.recency = 1

)

select * from final

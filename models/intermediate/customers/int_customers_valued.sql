{#- What each customer brought up to the horizon, and where their last order went. -#}

with

orders as (

    select * from {{ ref('int_orders_credited') }}

),

final as (

    select
        -- keys
        customer_id,

        -- attributes
        max_by(region, (ordered_at, order_id)) filter (
            where region is not null
        ) as region,

        -- measures
        sum(margin_amount) filter (where is_valid_order)::decimal(18, 2)
            as margin_amount

    from orders
    where customer_id is not null
    group by all

)

select * from final

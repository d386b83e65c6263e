with

orders as (

    select *
    from {{ ref('fct_orders') }}
    where is_valid_order

),

final as (

    select
        -- grain
        ordered_date as date_day,
        {{ cut_columns(['product', 'region']) }}
        -- components
        count(*) as orders,
        sum(net_amount)::decimal(18, 2) as order_net_amount,
        coalesce(sum(margin_amount), 0)::decimal(18, 2) as order_margin_amount

    from orders
    group by all

)

select * from final

{#-
    What was known of each customer's buying at the end of every month, and is known at
    the horizon: what a forecast of that day could stand on.
-#}

with

orders as (

    select
        customer_id,
        margin_amount,
        ordered_at,
        min(ordered_at) over customer_orders as first_ordered_at,
        count(*) over customer_orders as orders,
        count(margin_amount) over customer_orders as orders_valued,
        sum(margin_amount) over customer_orders as margin_amount_so_far,
        lead(ordered_at, 1, timestamp '9999-12-31') over customer_orders
            as next_ordered_at

    from {{ ref('int_orders_credited') }}
    where is_valid_order and customer_id is not null
    window customer_orders as (
        partition by customer_id order by ordered_at, order_id
    )

),

horizon as (

    select * from {{ ref('int_data_horizon') }}

),

days as (

    select {{ reported_days() }} as date_day
    from horizon

),

last_days as (

    select
        date_trunc('month', date_day) as month_start_date,
        max(date_day) as as_of_date

    from days
    group by all

),

dates as (

    select
        last_days.as_of_date,
        least(
            {{ local_midnight("last_days.as_of_date + interval '1 day'") }},
            horizon.as_of + interval '1 second'
        ) as boundary_at,
        horizon.as_of + interval '1 second' as stopped_at

    from last_days
    cross join horizon

),

-- until the next order the last one speaks for the customer
known as (

    select
        dates.as_of_date,
        dates.boundary_at,
        dates.stopped_at,
        orders.*

    from dates
    inner join orders
        on
            dates.boundary_at > orders.ordered_at
            and dates.boundary_at <= orders.next_ordered_at

),

final as (

    select
        -- grain
        as_of_date,
        customer_id,

        -- dates
        {{ local_date('first_ordered_at') }} as first_order_date,
        {{ local_date('ordered_at') }} as last_order_date,

        -- measures
        orders,
        orders - 1 as repeats,
        orders_valued,
        margin_amount_so_far::double / nullif(orders_valued, 0) as mean_margin,
        coalesce(margin_amount_so_far, 0)::decimal(18, 2) as margin_to_date_amount,
        {{ seconds_between('first_ordered_at', 'ordered_at') }} / 86400::double
            as recency_days,
        {{ seconds_between('first_ordered_at', 'boundary_at') }} / 86400::double
            as age_days,
        {{ seconds_between('boundary_at', 'stopped_at') }} / 86400::double as ahead_days

    from known

)

select * from final

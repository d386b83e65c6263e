{#-
    Deciles of margin to date, drawn anew at the start of each quarter: what a customer
    bought after an event must not decide in which band the event is counted.
-#}

with

orders as (

    select * from {{ ref('int_orders_credited') }}

),

horizon as (

    select * from {{ ref('int_data_horizon') }}

),

days as (

    select {{ reported_days() }} as date_day
    from horizon

),

quarters as (

    select distinct date_trunc('quarter', date_day)::date as quarter_start_date
    from days

),

earned as (

    select
        customer_id,
        -- margin counts from the quarter after the one it was earned in
        (date_trunc('quarter', ordered_date) + interval '3 months')::date
            as quarter_start_date,
        sum(margin_amount) as margin_amount

    from orders
    where is_valid_order and customer_id is not null and margin_amount is not null
    group by all

),

customers as (

    select
        customer_id,
        min(quarter_start_date) as first_quarter_start_date

    from earned
    group by all

),

to_date as (

    select
        customers.customer_id,
        quarters.quarter_start_date,
        sum(coalesce(earned.margin_amount, 0)) over (
            partition by customers.customer_id
            order by quarters.quarter_start_date
            rows between unbounded preceding and current row
        ) as margin_to_date

    from customers
    inner join quarters
        on customers.first_quarter_start_date <= quarters.quarter_start_date
    left join earned
        on
            customers.customer_id = earned.customer_id
            and quarters.quarter_start_date = earned.quarter_start_date

),

final as (

    select
        -- keys
        customer_id,
        quarter_start_date,

        -- attributes
        'decile ' || lpad(
            ntile(10) over (
                partition by quarter_start_date
                order by margin_to_date, customer_id
            )::string,
            2,
            '0'
        ) as value_band,

        -- measures
        margin_to_date::decimal(18, 2) as margin_to_date_amount

    from to_date

)

select * from final

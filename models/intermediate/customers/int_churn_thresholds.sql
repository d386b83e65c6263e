{#-
    How long a silence means a customer is lost, frozen per year: most gaps between
    orders known before the year were shorter.
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

gaps as (

    select
        ordered_at,
        {{ seconds_between(
            'lag(ordered_at) over (partition by customer_id order by ordered_at)',
            'ordered_at'
        ) }} / 86400.0 as gap_days

    from orders
    where is_valid_order and customer_id is not null

),

years as (

    select distinct date_trunc('year', date_day)::date as year_start_date
    from days

),

known as (

    select
        years.year_start_date,
        count(gaps.gap_days) as gaps,
        percentile_cont(0.8) within group (order by gaps.gap_days) as usual_gap_days

    from years
    left join gaps
        on {{ local_midnight('years.year_start_date') }} > gaps.ordered_at
    group by all

),

final as (

    select
        -- keys
        year_start_date,

        -- measures
        gaps,
        case
            when gaps < {{ var('min_sample') }} then {{ var('churn_days_default') }}
            else least(greatest(usual_gap_days, 60), 365)
        end::double as churn_days

    from known

)

select * from final

{#- A running period ends when the calendar says, not where the data stops. -#}

with

days as (

    select * from {{ ref('bridge_dates_x_periods') }}

),

periods as (

    select
        period_grain,
        period_start_date,
        max(date_day) as last_landed_date

    from days
    group by all

),

final as (

    select
        -- grain
        period_grain,
        period_start_date,

        -- dates
        case period_grain
            when 'week' then (period_start_date + interval '6 days')::date
            when 'month'
                then (period_start_date + interval '1 month' - interval '1 day')::date
            when 'quarter'
                then (period_start_date + interval '3 months' - interval '1 day')::date
            when 'year'
                then (period_start_date + interval '1 year' - interval '1 day')::date
            else last_landed_date
        end as period_end_date,
        case period_grain
            when 'day' then (period_start_date - interval '1 day')::date
            when 'week' then (period_start_date - interval '7 days')::date
            when 'month' then (period_start_date - interval '1 month')::date
            when 'quarter' then (period_start_date - interval '3 months')::date
            when 'year' then (period_start_date - interval '1 year')::date
        end as previous_period_start_date,
        last_landed_date

    from periods

)

select * from final

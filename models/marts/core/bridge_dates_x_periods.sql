with

days as (

    select * from {{ ref('dim_date') }}

),

placed as (

    select
        date_day,
        'day' as period_grain,
        date_day as period_start_date
    from days
    union all
    select
        date_day,
        'week' as period_grain,
        week_start_date as period_start_date
    from days
    union all
    select
        date_day,
        'month' as period_grain,
        month_start_date as period_start_date
    from days
    union all
    select
        date_day,
        'quarter' as period_grain,
        quarter_start_date as period_start_date
    from days
    union all
    select
        date_day,
        'year' as period_grain,
        year_start_date as period_start_date
    from days
    union all
    select
        date_day,
        'all' as period_grain,
        min(date_day) over () as period_start_date
    from days

),

final as (

    select
        date_day,
        period_grain,
        period_start_date

    from placed

)

select * from final

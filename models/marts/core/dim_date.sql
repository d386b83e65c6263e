with

horizon as (

    select * from {{ ref('int_data_horizon') }}

),

days as (

    select {{ reported_days() }} as date_day
    from horizon

),

final as (

    select
        -- keys
        date_day,

        -- attributes
        date_trunc('week', date_day)::date as week_start_date,
        date_trunc('month', date_day)::date as month_start_date,
        date_trunc('quarter', date_day)::date as quarter_start_date,
        date_trunc('year', date_day)::date as year_start_date,
        {{ iso_weekday('date_day') }}::integer as iso_weekday

    from days

)

select * from final

with

estimated as (

    select * from {{ ref('int_changes_estimated') }}

),

service as (

    select * from {{ ref('int_service_summarised') }}

),

final as (

    select
        -- grain
        estimated.lever,
        estimated.change_value,
        estimated.outcome,

        -- attributes
        estimated.source,

        -- measures
        estimated.lever_value,
        estimated.outcome_value,
        estimated.effect,
        estimated.effect_low,
        estimated.effect_high,
        estimated.observations,
        service.monthly_gain::decimal(18, 2) as gain_amount,
        service.monthly_cost::decimal(18, 2) as cost_amount,

        -- dates
        service.first_month_start_date::date as first_month_start_date,
        service.last_month_start_date::date as last_month_start_date

    from estimated
    cross join service

)

select * from final

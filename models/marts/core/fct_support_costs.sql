with

costs as (

    select * from {{ ref('int_support_costs_unioned') }}

),

allocated as (

    select * from {{ ref('int_contact_costs_allocated') }}

),

staffed as (

    select distinct month_start_date
    from allocated

),

final as (

    select
        -- keys
        costs.support_cost_id,
        costs.source_system,
        costs.source_id,

        -- attributes
        costs.category,
        costs.cost_driver,
        costs.team,
        costs.site,
        costs.partner,

        -- flags
        staffed.month_start_date is not null as is_allocated,

        -- measures
        costs.cost_amount,

        -- dates
        costs.month_start_date

    from costs
    left join staffed on costs.month_start_date = staffed.month_start_date

)

select * from final

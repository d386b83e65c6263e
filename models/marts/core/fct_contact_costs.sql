with

costs as (

    select * from {{ ref('int_contact_costs_allocated') }}

),

contacts as (

    select * from {{ ref('int_contacts_conformed') }}

),

final as (

    select
        -- keys
        costs.contact_id,
        contacts.source_system,
        contacts.source_id,

        -- flags
        costs.is_costed,

        -- measures
        costs.agent_cost_amount,
        costs.overhead_cost_amount,
        costs.compensation_amount,
        costs.contact_cost_amount,

        -- dates
        costs.month_start_date

    from costs
    inner join contacts on costs.contact_id = contacts.contact_id

)

select * from final

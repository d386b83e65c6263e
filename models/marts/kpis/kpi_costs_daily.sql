with

contacts as (

    select * from {{ ref('fct_contacts') }}

),

contact_costs as (

    select *
    from {{ ref('fct_contact_costs') }}
    where is_costed

),

final as (

    select
        -- grain
        contacts.opened_date as date_day,
        {{ cut_columns(contact_cuts()) }}
        -- components
        count(*) as contacts_costed,
        sum(contact_costs.agent_cost_amount)::decimal(18, 2)
            as agent_time_cost_amount,
        sum(contact_costs.overhead_cost_amount)::decimal(18, 2)
            as overhead_share_amount,
        sum(contact_costs.compensation_amount)::decimal(18, 2)
            as compensation_paid_amount,
        sum(contact_costs.contact_cost_amount)::decimal(18, 2) as contact_cost_amount,
        sum(
            contact_costs.contact_cost_amount * contact_costs.contact_cost_amount
        )::decimal(38, 4) as contact_cost_squared

    from contacts
    inner join contact_costs on contacts.contact_id = contact_costs.contact_id
    group by all

)

select * from final

{#- The stages of the customer journey side by side: what each brings, how it ends. -#}

with

contacts as (

    select * from {{ ref('kpi_contacts_daily') }}

),

issues as (

    select * from {{ ref('kpi_issues_opened_daily') }}

),

perception as (

    select * from {{ ref('kpi_perception_daily') }}

),

costs as (

    select * from {{ ref('kpi_costs_daily') }}

),

lines as (

    {{ union_by_name(['date_day', 'journey_stage', 'channel'], {
        'contacts': [
            'contacts', 'contacts_resolved',
        ],
        'issues': [
            'issues_fcr_eligible', 'issues_resolved_first_time',
        ],
        'perception': [
            'csat_answers', 'csat_answers_satisfied',
        ],
        'costs': [
            'contact_cost_amount',
        ],
    }) }}

),

final as (

    select
        -- grain
        date_day,
        journey_stage,
        channel,

        -- components
        coalesce(sum(contacts), 0)::bigint as contacts,
        coalesce(sum(contacts_resolved), 0)::bigint as contacts_resolved,
        coalesce(sum(issues_fcr_eligible), 0)::bigint as issues_fcr_eligible,
        coalesce(sum(issues_resolved_first_time), 0)::bigint
            as issues_resolved_first_time,
        coalesce(sum(csat_answers), 0)::bigint as csat_answers,
        coalesce(sum(csat_answers_satisfied), 0)::bigint as csat_answers_satisfied,
        coalesce(sum(contact_cost_amount), 0)::decimal(18, 2) as contact_cost_amount

    from lines
    group by all

)

select * from final

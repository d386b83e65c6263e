with

issues as (

    select * from {{ ref('int_issues_chained') }}

),

sequences as (

    select * from {{ ref('int_contacts_sequenced') }}

),

contacts as (

    select * from {{ ref('int_contacts_conformed') }}

),

contact_costs as (

    select * from {{ ref('int_contact_costs_allocated') }}

),

described as (

    select * from {{ ref('int_contacts_described') }}

),

orders as (

    select * from {{ ref('int_orders_credited') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

horizon as (

    select * from {{ ref('int_data_horizon') }}

),

issue_costs as (

    select
        sequences.issue_id,
        sum(contact_costs.contact_cost_amount)::decimal(18, 2) as issue_cost_amount,
        bool_and(contact_costs.is_costed) as is_costed

    from sequences
    inner join contact_costs on sequences.contact_id = contact_costs.contact_id
    group by all

),

repurchases as (

    select
        followed_issue_id as issue_id,
        count(*) filter (where credited_issue_id is not null) as credited_orders,
        sum(margin_amount) filter (
            where credited_issue_id is not null
        )::decimal(18, 2) as credited_margin_amount,
        min(ordered_at) as followed_by_order_at

    from orders
    where followed_issue_id is not null
    group by all

),

matured as (

    select
        issues.*,
        first_contacts.agent_id,
        first_contacts.channel,
        first_contacts.contact_reason,
        first_contacts.team,
        described.journey_stage,
        described.product_category,
        described.tier,
        described.site,
        described.partner,
        described.region,
        described.segment,
        described.value_band,
        described.tenure_band,
        described.frequency_band,
        described.opened_hour,
        described.opened_weekday,
        coalesce(customers.first_order_at < issues.opened_at, false)
            as has_earlier_order,
        horizon.as_of,
        {{ is_settled_at_once('first_contacts') }}
        and issues.contacts = 1 as is_settled_by_first_contact,
        {{ has_elapsed(
            'first_contacts.ended_at', var('fcr_window_days'), 'horizon.as_of'
        ) }} as is_fcr_eligible,
        {{ has_elapsed('issues.ended_at', var('repurchase_days'), 'horizon.as_of') }}
        and has_earlier_order as is_repurchase_eligible

    from issues
    inner join contacts as first_contacts
        on issues.issue_id = first_contacts.contact_id
    inner join described on issues.issue_id = described.contact_id
    inner join customers on issues.customer_id = customers.customer_id
    cross join horizon

),

final as (

    select
        -- keys
        matured.issue_id,
        matured.customer_id,
        matured.agent_id,

        -- attributes
        matured.channel,
        matured.contact_reason,
        matured.journey_stage,
        matured.product_category,
        matured.team,
        matured.tier,
        matured.site,
        matured.partner,
        matured.region,
        matured.segment,
        matured.value_band,
        matured.tenure_band,
        matured.frequency_band,
        matured.opened_hour,
        matured.opened_weekday,

        -- flags
        matured.is_resolved,
        matured.is_resolution_assumed,
        coalesce(issue_costs.is_costed, false) as is_costed,
        matured.is_fcr_eligible,
        matured.is_fcr_eligible
        and matured.is_settled_by_first_contact as is_resolved_first_time,
        matured.is_repurchase_eligible,
        matured.is_repurchase_eligible
        and coalesce(repurchases.credited_orders, 0) > 0 as is_repurchased,
        {% for days in repurchase_variant_days() -%}
        matured.has_earlier_order
        and {{ has_elapsed('matured.ended_at', days, 'matured.as_of') }}
            as is_repurchase_eligible_{{ days }}d,
        matured.has_earlier_order
        and {{ has_elapsed('matured.ended_at', days, 'matured.as_of') }}
        and coalesce(
            {{ is_within_days(
                'matured.ended_at', 'repurchases.followed_by_order_at', days
            ) }},
            false
        ) as is_repurchased_{{ days }}d,
        {% endfor %}

        -- measures
        matured.contacts,
        coalesce(repurchases.credited_orders, 0) as credited_orders,
        coalesce(issue_costs.issue_cost_amount, 0)::decimal(18, 2) as issue_cost_amount,
        repurchases.credited_margin_amount,

        -- dates and timestamps
        {{ local_date('matured.opened_at') }} as opened_date,
        {{ local_date('matured.ended_at') }} as ended_date,
        matured.opened_at,
        matured.ended_at

    from matured
    left join issue_costs on matured.issue_id = issue_costs.issue_id
    left join repurchases on matured.issue_id = repurchases.issue_id

)

select * from final

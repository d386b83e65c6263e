{#- The service in a month as it is: what a what-if starts from. -#}

with

horizon as (

    select
        as_of,
        as_of - interval '91 days' as measured_from,
        {{ local_date("as_of + interval '1 second'") }} as first_open_date

    from {{ ref('int_data_horizon') }}

),

-- the last twelve whole months with a ledger
ledger_months as (

    select distinct ledger.month_start_date
    from {{ ref('fct_support_costs') }} as ledger
    cross join horizon
    where
        ledger.is_allocated
        and ledger.month_start_date + interval '1 month' <= horizon.first_open_date
    order by ledger.month_start_date desc
    limit 12

),

pnl as (

    select
        sum(daily.support_cost_amount) as cost_amount,
        sum(daily.support_gain_amount) as gain_amount,
        sum(daily.repurchase_margin_amount) as margin_amount

    from {{ ref('kpi_support_pnl_daily') }} as daily
    inner join ledger_months
        on date_trunc('month', daily.date_day) = ledger_months.month_start_date

),

agent_costs as (

    select sum(ledger.cost_amount) as agent_cost_amount
    from {{ ref('fct_support_costs') }} as ledger
    inner join ledger_months
        on ledger.month_start_date = ledger_months.month_start_date
    where ledger.is_allocated and ledger.cost_driver = 'agent_time'

),

presence as (

    select sum(daily.logged_in_seconds) as logged_in_seconds
    from {{ ref('kpi_agents_daily') }} as daily
    inner join ledger_months
        on date_trunc('month', daily.date_day) = ledger_months.month_start_date

),

worked as (

    select
        count(*) as contacts,
        count(*) filter (where contacts.is_bot_settled) as contacts_automated,
        count(*) filter (where contacts.is_handled) as contacts_handled,
        sum(contacts.handle_seconds) filter (where contacts.is_handled)
            as handle_seconds

    from {{ ref('fct_contacts') }} as contacts
    inner join ledger_months
        on
            date_trunc('month', contacts.opened_date)
            = ledger_months.month_start_date
    where contacts.is_countable

),

settled as (

    select
        count(*) filter (where issues.is_fcr_eligible) as issues,
        count(*) filter (where issues.is_resolved_first_time)
            as issues_resolved_first_time

    from {{ ref('fct_issues') }} as issues
    inner join ledger_months
        on date_trunc('month', issues.opened_date) = ledger_months.month_start_date

),

called as (

    select
        count(*) filter (where calls.is_answered and calls.is_within_service_level)
            as calls_in_time,
        count(*) filter (where not calls.is_short_abandon) as calls_waited

    from {{ ref('fct_calls') }} as calls
    cross join horizon
    where
        calls.is_offered
        and (calls.is_answered or calls.is_abandoned)
        and calls.started_at > horizon.measured_from

),

counted as (

    select
        count(*) as ledger_months,
        min(month_start_date) as first_month_start_date,
        max(month_start_date) as last_month_start_date
    from ledger_months

),

final as (

    select
        -- measures: of one month
        counted.ledger_months,
        pnl.cost_amount / counted.ledger_months as monthly_cost,
        pnl.gain_amount / counted.ledger_months as monthly_gain,
        pnl.margin_amount / counted.ledger_months as monthly_margin,
        agent_costs.agent_cost_amount / counted.ledger_months as monthly_agent_cost,
        worked.contacts / counted.ledger_months as monthly_contacts,
        settled.issues / counted.ledger_months as monthly_issues,
        worked.contacts_handled / counted.ledger_months as monthly_contacts_handled,
        worked.handle_seconds / counted.ledger_months as monthly_handle_time,
        presence.logged_in_seconds / 3600 / counted.ledger_months
            as monthly_logged_in_hours,

        -- measures: ratios
        100 * settled.issues_resolved_first_time / nullif(settled.issues, 0) as fcr,
        100 * worked.contacts_automated / nullif(worked.contacts, 0) as automation,
        worked.handle_seconds / nullif(worked.contacts_handled, 0) as handle_time,
        100 * called.calls_in_time / nullif(called.calls_waited, 0) as service_level,

        -- dates
        counted.first_month_start_date,
        counted.last_month_start_date

    from counted
    cross join pnl
    cross join agent_costs
    cross join presence
    cross join worked
    cross join settled
    cross join called
    where counted.ledger_months > 0

)

select * from final

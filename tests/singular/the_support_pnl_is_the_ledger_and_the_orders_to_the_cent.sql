-- Per month and cut: costs are those of the ledger, observed margin that of the orders.

with

months as (

    select distinct month_start_date
    from {{ ref('fct_support_costs') }}
    where
        exists (select 1 from {{ ref('fct_orders') }})
        and exists (select 1 from {{ ref('fct_contacts') }})

),

ledger as (

    select
        month_start_date,
        cost_amount as ledger_cost_amount,
        0::decimal(18, 2) as goodwill_amount,
        0::decimal(18, 2) as margin_amount

    from {{ ref('fct_support_costs') }}
    union all
    select
        date_trunc('month', contacts.opened_date)::date as month_start_date,
        0 as ledger_cost_amount,
        contact_costs.compensation_amount as goodwill_amount,
        0 as margin_amount

    from {{ ref('fct_contact_costs') }} as contact_costs
    inner join {{ ref('fct_contacts') }} as contacts
        on contact_costs.contact_id = contacts.contact_id
    union all
    select
        date_trunc('month', ordered_date)::date as month_start_date,
        0 as ledger_cost_amount,
        0 as goodwill_amount,
        margin_amount

    from {{ ref('fct_orders') }}
    where is_valid_order and (credited_issue_id is not null or is_upsell)

),

expected as (

    select
        ledger.month_start_date,
        sum(ledger.ledger_cost_amount) as ledger_cost_amount,
        sum(ledger.goodwill_amount) as goodwill_amount,
        coalesce(sum(ledger.margin_amount), 0) as margin_amount

    from ledger
    inner join months on ledger.month_start_date = months.month_start_date
    group by all

),

found as (

    select
        month_start_date,
        attribution,
        cut,
        sum(ledger_cost_amount) as ledger_cost_amount,
        sum(goodwill_amount) as goodwill_amount,
        sum(credited_margin_amount + upsell_margin_amount) as margin_amount

    from {{ ref('rpt_support_pnl') }}
    group by all

)

select
    expected.*,
    found.attribution,
    found.cut,
    found.ledger_cost_amount as found_ledger_cost_amount,
    found.goodwill_amount as found_goodwill_amount,
    found.margin_amount as found_margin_amount
from expected
full outer join found on expected.month_start_date = found.month_start_date
where
    expected.ledger_cost_amount is distinct from found.ledger_cost_amount
    or expected.goodwill_amount is distinct from found.goodwill_amount
    or expected.margin_amount is distinct from found.margin_amount

-- Per month: what contacts bear is what the ledger says, goodwill apart.

with

ledger as (

    select
        month_start_date,
        sum(cost_amount) as ledger_amount

    from {{ ref('fct_support_costs') }}
    where is_allocated
    group by all

),

borne as (

    select
        month_start_date,
        sum(agent_cost_amount + overhead_cost_amount) as borne_amount

    from {{ ref('fct_contact_costs') }}
    group by all

)

select
    coalesce(ledger.month_start_date, borne.month_start_date) as month_start_date,
    ledger.ledger_amount,
    borne.borne_amount
from ledger
full outer join borne on ledger.month_start_date = borne.month_start_date
where coalesce(ledger.ledger_amount, 0) != coalesce(borne.borne_amount, 0)

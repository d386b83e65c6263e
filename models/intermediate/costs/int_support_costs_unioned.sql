with

ledger_entries as (

    select * from {{ ref('stg_cost_ledger__entries') }}

),

generic_costs as (

    select * from {{ ref('stg_generic__support_costs') }}

),

rates as (

    select * from {{ ref('currency_rates') }}

),

unioned as (

    select
        'cost_ledger' as source_system,
        *

    from ledger_entries
    union all
    select
        'generic' as source_system,
        *

    from generic_costs

),

final as (

    select
        -- keys
        unioned.source_system || ':' || unioned.entry_source_id as support_cost_id,
        unioned.source_system,
        unioned.entry_source_id as source_id,

        -- attributes
        unioned.category,
        -- people are paid by the minute worked; the rest serves every contact alike
        case
            when unioned.category in ('salaries', 'outsourcing') then 'agent_time'
            else 'overhead'
        end as cost_driver,
        unioned.team,
        unioned.site,
        unioned.partner,

        -- measures
        {{ fx_amount('unioned.cost_amount', 'unioned.currency', 'rates.rate') }}
            as cost_amount,

        -- dates
        unioned.month_start_date

    from unioned
    left join rates
        on
            unioned.currency = rates.currency
            and unioned.month_start_date = rates.month_start_date

)

select * from final

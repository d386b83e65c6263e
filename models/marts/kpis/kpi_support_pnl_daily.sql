{#-
    What support brought and what it cost, each line where the star credits it. Margin
    counts in two ways: all that followed, and the least share of it that support is held
    to have caused, applied here, once, so that whatever sums these rows agrees to the cent.
-#}

with

contacts as (

    select
        {{ cut_columns(contact_cuts()) }}
        contact_id,
        is_automated,
        opened_date as date_day

    from {{ ref('fct_contacts') }}

),

contact_costs as (

    select
        contact_id,
        month_start_date,
        agent_cost_amount + overhead_cost_amount as ledger_cost_amount,
        compensation_amount as goodwill_amount

    from {{ ref('fct_contact_costs') }}

),

support_costs as (

    select * from {{ ref('fct_support_costs') }}

),

orders as (

    select * from {{ ref('fct_orders') }}

),

issues as (

    select * from {{ ref('fct_issues') }}

),

-- the better of two lower ends: each is too high once in forty times, so both once in
-- twenty at most
least_shares as (

    select max(least(incremental_share_low / 100, 1))::decimal(18, 8) as least_share

    from {{ ref('rpt_uplift') }}
    where
        cut = 'overall'
        and attribution in ('matched', 'proven')
        -- the least of nothing and one is one
        and incremental_share_low is not null

),

-- without a ledger the month has no cost, without orders or contacts the service has
-- no visible gain: a return on either would be invented
costed_months as (

    select distinct month_start_date
    from support_costs
    where
        exists (select 1 from {{ ref('fct_orders') }})
        and exists (select 1 from {{ ref('fct_contacts') }})

),

credited_orders as (

    select
        orders.ordered_date as date_day,
        {{ cut_columns(contact_cuts(), {
            'product': 'orders.product_category',
            'region': 'orders.region',
            'value_band': 'orders.value_band',
            'agent': 'issues.agent_id',
        }) }}
        case when not orders.is_upsell then orders.margin_amount end
            as repurchase_margin_amount,
        case when orders.is_upsell then orders.margin_amount end
            as upsell_margin_amount

    from orders
    left join issues on orders.credited_issue_id = issues.issue_id
    where
        orders.is_valid_order
        and (orders.credited_issue_id is not null or orders.is_upsell)

),

-- apart from the lines, which would else be kept in memory with all their cuts
human_costs as (

    select
        contact_costs.month_start_date,
        avg(contact_costs.ledger_cost_amount) as human_cost_amount

    from {{ ref('fct_contacts') }} as humans
    inner join contact_costs on humans.contact_id = contact_costs.contact_id
    where not humans.is_automated
    group by all

),

contact_lines as (

    select
        contacts.*,
        contact_costs.ledger_cost_amount,
        contact_costs.goodwill_amount,
        case
            when contacts.is_automated then human_costs.human_cost_amount
        end as avoided_cost_amount

    from contacts
    inner join contact_costs on contacts.contact_id = contact_costs.contact_id
    left join human_costs
        on contact_costs.month_start_date = human_costs.month_start_date

),

-- what is settled: an issue is followed by a repeat within the window or never
repeats as (

    select
        *,
        date_trunc('year', opened_date)::date as year_start_date,
        (contacts > 1)::integer as is_repeated

    from issues
    where is_fcr_eligible

),

repeat_shares as (

    select
        contact_reason,
        (year_start_date + interval '1 year')::date as expected_year_start_date,
        avg(is_repeated)::double as repeat_share

    from repeats
    group by all
    having count(*) >= {{ var('min_sample') }}

),

repeat_lines as (

    select
        repeats.opened_date as date_day,
        {{ cut_columns(contact_cuts(), {
            'contact_reason': 'repeats.contact_reason',
        }) }}
        (repeat_shares.repeat_share - repeats.is_repeated)
        * human_costs.human_cost_amount as repeat_avoided_cost_amount

    from repeats
    inner join repeat_shares
        on
            repeats.contact_reason = repeat_shares.contact_reason
            and repeats.year_start_date = repeat_shares.expected_year_start_date
    inner join human_costs
        on
            date_trunc('month', repeats.opened_date)::date
            = human_costs.month_start_date

),

idle_costs as (

    select
        month_start_date as date_day,
        {% for cut in contact_cuts() -%}
        {{ 'coalesce(' ~ cut ~ ", 'unknown')" if cut in ('team', 'site', 'partner')
            else "'unknown'" }} as {{ cut }},
        {% endfor -%}
        cost_amount as ledger_cost_amount

    from support_costs
    where not is_allocated

),

lines as (

    {{ union_by_name(['date_day'] + contact_cuts(), {
        'credited_orders': [
            'repurchase_margin_amount', 'upsell_margin_amount',
        ],
        'contact_lines': [
            'avoided_cost_amount', 'ledger_cost_amount', 'goodwill_amount',
        ],
        'repeat_lines': ['repeat_avoided_cost_amount'],
        'idle_costs': [
            'ledger_cost_amount',
        ],
    }) }}

),

covered as (

    select lines.*
    from lines
    inner join costed_months
        on date_trunc('month', lines.date_day)::date = costed_months.month_start_date

),

summed as (

    select
        -- grain
        date_day,
        {{ contact_cuts() | join(',\n        ') }},

        -- components
        coalesce(sum(repurchase_margin_amount), 0)::decimal(18, 2)
            as repurchase_margin_amount,
        coalesce(sum(upsell_margin_amount), 0)::decimal(18, 2) as upsell_margin_amount,
        coalesce(sum(avoided_cost_amount), 0)::decimal(18, 2) as avoided_cost_amount,
        coalesce(sum(repeat_avoided_cost_amount), 0)::decimal(18, 2)
            as repeat_avoided_cost_amount,
        coalesce(sum(ledger_cost_amount), 0)::decimal(18, 2) as ledger_cost_amount,
        coalesce(sum(goodwill_amount), 0)::decimal(18, 2) as goodwill_amount

    from covered
    group by all

),

retained as (

    select
        summed.*,
        least_shares.least_share is not null as is_judged,
        coalesce(summed.repurchase_margin_amount * least_shares.least_share, 0)
        ::decimal(18, 2) as retained_margin_low_amount,
        summed.upsell_margin_amount
        + summed.avoided_cost_amount
        + summed.repeat_avoided_cost_amount as other_gain_amount,
        summed.ledger_cost_amount + summed.goodwill_amount as support_cost_amount

    from summed
    cross join least_shares

),

final as (

    select
        -- grain
        date_day,
        {{ contact_cuts() | join(',\n        ') }},

        -- components
        repurchase_margin_amount,
        retained_margin_low_amount,
        upsell_margin_amount,
        avoided_cost_amount,
        repeat_avoided_cost_amount,
        ledger_cost_amount,
        goodwill_amount,
        (repurchase_margin_amount + other_gain_amount)::decimal(18, 2)
            as support_gain_amount,
        support_cost_amount::decimal(18, 2) as support_cost_amount,
        (repurchase_margin_amount + other_gain_amount - support_cost_amount)
        ::decimal(18, 2) as support_net_gain_amount,

        -- components: by what support is held to have caused, nothing where unknown
        case
            when is_judged then retained_margin_low_amount + other_gain_amount
            else 0
        end::decimal(18, 2) as support_gain_low_amount,
        case
            when is_judged then support_cost_amount
            else 0
        end::decimal(18, 2) as support_cost_judged_amount,
        case
            when is_judged
                then
                    retained_margin_low_amount
                    + other_gain_amount
                    - support_cost_amount
            else 0
        end::decimal(18, 2) as support_net_gain_low_amount

    from retained

)

select * from final

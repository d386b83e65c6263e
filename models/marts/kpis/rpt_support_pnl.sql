{#-
    What support brought and what it cost, by month, in two versions. Observed counts the
    margin of every credited order; matched the share of it that issues add to what
    customers would have bought anyway, and the least it may be. Every other line is the
    same in both, and reconciles with the ledger.
-#}
{%- set cuts = {
    'overall': "'all'",
    'channel': 'channel',
    'reason': 'contact_reason',
    'product': 'product',
    'team': 'team',
    'site': 'site',
    'partner': 'partner',
} %}

with

pnl as (

    select * from {{ ref('kpi_support_pnl_daily') }}

),

uplifts as (

    select * from {{ ref('rpt_uplift') }}
    where cut = 'overall' and incremental_share_low is not null

),

attributions as (

    select
        'observed' as attribution,
        1.0::double as gain_share,
        1.0::double as least_share
    union all
    select
        attribution,
        incremental_share / 100 as gain_share,
        incremental_share_low / 100 as least_share

    from uplifts
    where attribution = 'matched'

),

cut_lines as (

    {% for cut, value in cuts.items() %}
    select
        date_trunc('month', date_day)::date as month_start_date,
        '{{ cut }}' as cut,
        {{ value }} as cut_value,
        sum(ledger_cost_amount) as ledger_cost_amount,
        sum(goodwill_amount) as goodwill_amount,
        sum(repurchase_margin_amount) as credited_margin_amount,
        sum(upsell_margin_amount) as upsell_margin_amount,
        sum(avoided_cost_amount) as avoided_cost_amount

    from pnl
    group by all
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

attributed as (

    select
        cut_lines.*,
        attributions.attribution,
        (cut_lines.credited_margin_amount * attributions.gain_share)::decimal(18, 2)
            as retained_margin_amount,
        (cut_lines.credited_margin_amount * attributions.least_share)::decimal(18, 2)
            as retained_margin_low_amount,
        cut_lines.ledger_cost_amount + cut_lines.goodwill_amount
            as support_cost_amount,
        cut_lines.upsell_margin_amount + cut_lines.avoided_cost_amount
        - cut_lines.ledger_cost_amount - cut_lines.goodwill_amount
            as other_net_gain_amount

    from cut_lines
    cross join attributions

),

final as (

    select
        -- grain
        month_start_date,
        attribution,
        cut,
        cut_value,

        -- costs
        ledger_cost_amount::decimal(18, 2) as ledger_cost_amount,
        goodwill_amount::decimal(18, 2) as goodwill_amount,
        support_cost_amount::decimal(18, 2) as support_cost_amount,

        -- gains
        credited_margin_amount::decimal(18, 2) as credited_margin_amount,
        retained_margin_amount,
        retained_margin_low_amount,
        upsell_margin_amount::decimal(18, 2) as upsell_margin_amount,
        avoided_cost_amount::decimal(18, 2) as avoided_cost_amount,

        -- values
        (other_net_gain_amount + retained_margin_amount)::decimal(18, 2)
            as support_net_gain_amount,
        (other_net_gain_amount + retained_margin_low_amount)::decimal(18, 2)
            as support_net_gain_low_amount,
        {{ kpi_value(
            '(other_net_gain_amount + retained_margin_amount)', 'support_cost_amount',
            100
        ) }} as roi,
        {{ kpi_value(
            '(other_net_gain_amount + retained_margin_low_amount)',
            'support_cost_amount', 100
        ) }} as roi_low

    from attributed

)

select * from final

{#-
    What support brought and what it cost, by month, in up to three versions. Observed
    counts the margin of every credited order; matched and proven the share of it that
    support adds to what customers would have bought anyway, and the least it may be. A
    share is applied to each row of the daily mart, as there, so that sums agree to the
    cent. Every other line is the same in all, and reconciles with the ledger.
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
{%- set amounts = [
    'ledger_cost_amount', 'goodwill_amount', 'support_cost_amount',
    'credited_margin_amount', 'retained_margin_amount', 'retained_margin_low_amount',
    'upsell_margin_amount', 'avoided_cost_amount', 'repeat_avoided_cost_amount',
    'other_net_gain_amount',
] %}

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
        1::decimal(18, 8) as gain_share,
        1::decimal(18, 8) as least_share,
        false as is_headline
    union all
    select
        attribution,
        (incremental_share / 100)::decimal(18, 8) as gain_share,
        least(incremental_share_low / 100, 1)::decimal(18, 8) as least_share,
        row_number() over (order by incremental_share_low desc, attribution asc) = 1
            as is_headline

    from uplifts
    where attribution in ('matched', 'proven')

),

attributed as (

    select
        date_trunc('month', pnl.date_day)::date as month_start_date,
        attributions.attribution,
        attributions.is_headline,
        {% for value in cuts.values() if value != "'all'" -%}
        pnl.{{ value }},
        {% endfor -%}
        sum(pnl.ledger_cost_amount) as ledger_cost_amount,
        sum(pnl.goodwill_amount) as goodwill_amount,
        sum(pnl.support_cost_amount) as support_cost_amount,
        sum(pnl.repurchase_margin_amount) as credited_margin_amount,
        sum(
            (pnl.repurchase_margin_amount * attributions.gain_share)::decimal(18, 2)
        ) as retained_margin_amount,
        sum(
            (pnl.repurchase_margin_amount * attributions.least_share)::decimal(18, 2)
        ) as retained_margin_low_amount,
        sum(pnl.upsell_margin_amount) as upsell_margin_amount,
        sum(pnl.avoided_cost_amount) as avoided_cost_amount,
        sum(pnl.repeat_avoided_cost_amount) as repeat_avoided_cost_amount,
        sum(pnl.support_net_gain_amount - pnl.repurchase_margin_amount)
            as other_net_gain_amount

    from pnl
    cross join attributions
    group by all

),

cut_lines as (

    {% for cut, value in cuts.items() %}
    select
        month_start_date,
        attribution,
        is_headline,
        '{{ cut }}' as cut,
        {{ value }} as cut_value,
    {% for amount in amounts -%}
    sum({{ amount }}) as {{ amount }}
    {{- ',' if not loop.last }}
    {% endfor %}

    from attributed
    group by all
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

final as (

    select
        -- grain
        month_start_date,
        attribution,
        cut,
        cut_value,

        -- flags
        is_headline,

        -- costs
        ledger_cost_amount::decimal(18, 2) as ledger_cost_amount,
        goodwill_amount::decimal(18, 2) as goodwill_amount,
        support_cost_amount::decimal(18, 2) as support_cost_amount,

        -- gains
        credited_margin_amount::decimal(18, 2) as credited_margin_amount,
        retained_margin_amount::decimal(18, 2) as retained_margin_amount,
        retained_margin_low_amount::decimal(18, 2) as retained_margin_low_amount,
        upsell_margin_amount::decimal(18, 2) as upsell_margin_amount,
        avoided_cost_amount::decimal(18, 2) as avoided_cost_amount,
        repeat_avoided_cost_amount::decimal(18, 2) as repeat_avoided_cost_amount,

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

    from cut_lines

)

select * from final

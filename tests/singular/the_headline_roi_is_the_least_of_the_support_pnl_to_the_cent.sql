-- The scorecard, kpi_roi and the version of the P&L they rest on are one figure, and no
-- more than what is observed, unless orders lost money.

with

pnl as (

    select
        month_start_date,
        credited_margin_amount,
        support_net_gain_low_amount as numerator,
        support_cost_amount as denominator

    from {{ ref('rpt_support_pnl') }}
    where is_headline and cut = 'overall' and support_cost_amount != 0

),

named as (

    select
        month_start_date,
        sum(numerator) as numerator,
        sum(denominator) as denominator

    from {{ ref('kpi_roi') }}
    group by all
    having sum(denominator) != 0

),

scorecard as (

    select
        roi.period_start_date as month_start_date,
        roi.numerator,
        roi.denominator,
        roi.kpi_value,
        observed.kpi_value as observed_value

    from {{ ref('rpt_kpi_scorecard') }} as roi
    inner join {{ ref('rpt_kpi_scorecard') }} as observed
        on
            roi.period_grain = observed.period_grain
            and roi.period_start_date = observed.period_start_date
            and roi.cut = observed.cut
            and observed.kpi_id = 'roi_observed'
    where
        roi.kpi_id = 'roi'
        and roi.period_grain = 'month'
        and roi.cut = 'overall'
        and roi.denominator != 0

)

select
    pnl.month_start_date,
    pnl.numerator,
    named.numerator as named_numerator,
    scorecard.numerator as scorecard_numerator

from pnl
full outer join named on pnl.month_start_date = named.month_start_date
full outer join scorecard on pnl.month_start_date = scorecard.month_start_date
where
    (
        pnl.numerator = named.numerator
        and pnl.numerator = scorecard.numerator
        and pnl.denominator = named.denominator
        and pnl.denominator = scorecard.denominator
        and (
            scorecard.kpi_value <= scorecard.observed_value
            or pnl.credited_margin_amount < 0
        )
    ) is not true

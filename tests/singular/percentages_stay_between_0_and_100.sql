-- A share whose numerator outgrows its denominator has counted something twice. Who
-- referred somebody may have bought nothing for long: referral has no upper end.

select
    scorecard.kpi_id,
    scorecard.period_grain,
    scorecard.period_start_date,
    scorecard.cut_value,
    scorecard.numerator,
    scorecard.denominator
from {{ ref('rpt_kpi_scorecard') }} as scorecard
inner join {{ ref('dim_kpi') }} as kpis on scorecard.kpi_id = kpis.kpi_id
where
    kpis.interval_method = 'wilson'
    and (
        scorecard.numerator < 0
        or (
            scorecard.numerator > scorecard.denominator
            and scorecard.kpi_id != 'referral_rate'
        )
    )

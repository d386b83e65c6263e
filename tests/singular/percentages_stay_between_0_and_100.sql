-- A share whose numerator outgrows its denominator has counted something twice.

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
    and scorecard.numerator not between 0 and scorecard.denominator

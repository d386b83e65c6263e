-- Whatever a KPI is cut by, the cut values together are the overall line.

with

lines as (

    select
        scorecard.*,
        kpis.denominator_component is null as is_count

    from {{ ref('rpt_kpi_scorecard') }} as scorecard
    inner join {{ ref('dim_kpi') }} as kpis on scorecard.kpi_id = kpis.kpi_id

),

cuts as (

    select
        kpi_id,
        period_grain,
        period_start_date,
        cut,
        sum(numerator) as numerator,
        sum(denominator) as denominator

    from lines
    where cut != 'overall'
    group by all

)

select
    cuts.kpi_id,
    cuts.period_grain,
    cuts.period_start_date,
    cuts.cut,
    cuts.numerator,
    overall.numerator as overall_numerator
from cuts
inner join lines as overall
    on
        cuts.kpi_id = overall.kpi_id
        and cuts.period_grain = overall.period_grain
        and cuts.period_start_date = overall.period_start_date
        and overall.cut = 'overall'
where
    cuts.numerator != overall.numerator
    -- a count's denominator is one on every line
    or (cuts.denominator != overall.denominator and not overall.is_count)

{#-
    What a dated change did to the shares of whom it touched: their change from the days
    before to the days after, less that of everybody else (difference in differences). It
    presumes that both would have gone on alike. Whether they did before is the same
    difference between the two halves of the days before. Days differ for more reasons than
    the luck of their contacts, so a day counts once: its part in the difference, squared.
-#}
{%- set days = var('intervention_days') %}

with

interventions as (

    select * from {{ ref('interventions') }}

),

components as (

    select
        period_start_date as date_day,
        cut,
        cut_value,
        component,
        component_value

    from {{ ref('kpi_components') }}
    where period_grain = 'day'

),

-- shares, whose spread follows from their size
kpis as (

    select
        kpi_id,
        numerator_component,
        denominator_component,
        cuts,
        maturity_days

    from {{ ref('dim_kpi') }}
    where interval_method = 'wilson' and role = 'kpi'

),

horizon as (

    select {{ local_date('as_of') }} as as_of_date from {{ ref('int_data_horizon') }}

),

-- days after count once their events have had their time
watched as (

    select
        interventions.*,
        kpis.*

    from interventions
    inner join kpis
        on ',' || kpis.cuts || ',' like '%,' || interventions.cut || ',%'
    cross join horizon
    where
        interventions.changed_date
        + {{ days }} * interval '1 day'
        + kpis.maturity_days * interval '1 day' <= horizon.as_of_date

),

dated as (

    select
        watched.intervention_id,
        watched.kpi_id,
        components.component = watched.numerator_component as is_numerator,
        components.component = watched.denominator_component as is_denominator,
        components.cut != 'overall' as is_touched,
        components.date_day,
        components.component_value,
        case
            when components.date_day >= watched.changed_date then 'after'
            when
                components.date_day
                >= watched.changed_date - {{ days // 2 }} * interval '1 day'
                then 'late'
            else 'early'
        end as span

    from watched
    inner join components
        on
            components.component
            in (watched.numerator_component, watched.denominator_component)
            and components.date_day
            >= watched.changed_date - {{ days }} * interval '1 day'
            and components.date_day
            < watched.changed_date + {{ days }} * interval '1 day'
            and (
                components.cut = 'overall'
                or (
                    watched.cut = components.cut
                    and watched.cut_value = components.cut_value
                )
            )

),

by_day as (

    select
        intervention_id,
        kpi_id,
        span,
        date_day,
        sum(component_value) filter (where is_numerator and is_touched)
            as touched_numerator,
        sum(component_value) filter (where is_denominator and is_touched)
            as touched_denominator,
        sum(component_value) filter (where is_numerator and not is_touched)
            as all_numerator,
        sum(component_value) filter (where is_denominator and not is_touched)
            as all_denominator

    from dated
    group by all

),

-- who was not touched is everybody less who was
sides as (

    select
        intervention_id,
        kpi_id,
        span,
        date_day,
        true as is_touched,
        1 as direction,
        coalesce(touched_numerator, 0)::double as numerator,
        coalesce(touched_denominator, 0)::double as denominator

    from by_day
    union all
    select
        intervention_id,
        kpi_id,
        span,
        date_day,
        false as is_touched,
        -1 as direction,
        coalesce(all_numerator, 0)::double
        - coalesce(touched_numerator, 0)::double as numerator,
        coalesce(all_denominator, 0)::double
        - coalesce(touched_denominator, 0)::double as denominator

    from by_day

),

spans as (

    select * from sides
    union all
    select
        intervention_id,
        kpi_id,
        'before' as span,
        date_day,
        is_touched,
        direction,
        numerator,
        denominator

    from sides
    where span in ('early', 'late')

),

shares as (

    select
        intervention_id,
        kpi_id,
        is_touched,
        span,
        sum(denominator) as denominator,
        sum(numerator) / sum(denominator) as share,
        (sum(numerator) / sum(denominator))
        * (1 - sum(numerator) / sum(denominator)) / sum(denominator) as variance

    from spans
    group by all
    having sum(denominator) > 0

),

-- how far a day moves the touched away from the others
pulls as (

    select
        spans.intervention_id,
        spans.kpi_id,
        spans.span,
        spans.date_day,
        sum(
            spans.direction * (spans.numerator - shares.share * spans.denominator)
            / shares.denominator
        ) as pull

    from spans
    inner join shares
        on
            spans.intervention_id = shares.intervention_id
            and spans.kpi_id = shares.kpi_id
            and spans.is_touched = shares.is_touched
            and spans.span = shares.span
    group by all

),

day_variances as (

    select
        intervention_id,
        kpi_id,
        span,
        sum(pull * pull) * count(*) / nullif(count(*) - 1, 0) as variance

    from pulls
    group by all

),

by_days as (

    select
        intervention_id,
        kpi_id,
        sum(variance) filter (where span in ('before', 'after')) as effect_variance,
        sum(variance) filter (where span in ('early', 'late')) as trend_variance

    from day_variances
    group by all

),

wide as (

    select
        intervention_id,
        kpi_id,
        {%- for side, is_touched in {
            'touched': 'is_touched', 'others': 'not is_touched'
        }.items() %}
        {%- for span in ['before', 'after', 'early', 'late'] %}
        max(share) filter (where {{ is_touched }} and span = '{{ span }}')
            as {{ side }}_{{ span }},
        {%- endfor %}
        {%- endfor %}
        sum(variance) filter (where span in ('before', 'after')) as effect_variance,
        sum(variance) filter (where span in ('early', 'late')) as trend_variance

    from shares
    group by all

),

differed as (

    select
        wide.*,
        wide.touched_after - wide.touched_before
        - wide.others_after + wide.others_before as effect,
        wide.touched_late - wide.touched_early
        - wide.others_late + wide.others_early as trend,
        -- never less than if days were all alike
        1.959963984540054 * sqrt(greatest(
            wide.effect_variance, coalesce(by_days.effect_variance, 0)
        )) as effect_error,
        1.959963984540054 * sqrt(greatest(
            wide.trend_variance, coalesce(by_days.trend_variance, 0)
        )) as trend_error

    from wide
    inner join by_days
        on
            wide.intervention_id = by_days.intervention_id
            and wide.kpi_id = by_days.kpi_id

),

final as (

    select
        -- grain
        differed.intervention_id,
        differed.kpi_id,

        -- attributes
        interventions.changed_date,
        interventions.cut,
        interventions.cut_value,

        -- measures
        round(100 * differed.touched_before, 6) as touched_before,
        round(100 * differed.touched_after, 6) as touched_after,
        round(100 * differed.others_before, 6) as others_before,
        round(100 * differed.others_after, 6) as others_after,
        round(100 * differed.effect, 6) as effect_points,
        round(100 * (differed.effect - differed.effect_error), 6) as effect_low,
        round(100 * (differed.effect + differed.effect_error), 6) as effect_high,
        round(100 * differed.trend, 6) as trend_points,

        -- flags
        abs(differed.trend) <= differed.trend_error as is_trend_parallel

    from differed
    inner join interventions
        on differed.intervention_id = interventions.intervention_id
    where differed.effect is not null

)

select * from final

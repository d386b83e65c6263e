{#-
    What a dated change did to the shares of whom it touched: their change from the days
    before to the days after, less that of everybody else (difference in differences). It
    presumes that both would have gone on alike. Whether they did before is the same
    difference between the two halves of the days before.
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

summed as (

    select
        intervention_id,
        kpi_id,
        span,
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
        true as is_touched,
        coalesce(touched_numerator, 0)::double as numerator,
        touched_denominator::double as denominator

    from summed
    union all
    select
        intervention_id,
        kpi_id,
        span,
        false as is_touched,
        coalesce(all_numerator, 0)::double
        - coalesce(touched_numerator, 0)::double as numerator,
        all_denominator::double - coalesce(touched_denominator, 0)::double
            as denominator

    from summed

),

spans as (

    select
        intervention_id,
        kpi_id,
        is_touched,
        span,
        numerator,
        denominator

    from sides
    union all
    select
        intervention_id,
        kpi_id,
        is_touched,
        'before' as span,
        sum(numerator) as numerator,
        sum(denominator) as denominator

    from sides
    where span in ('early', 'late')
    group by all

),

shares as (

    select
        intervention_id,
        kpi_id,
        is_touched,
        span,
        numerator / denominator as share,
        (numerator / denominator) * (1 - numerator / denominator) / denominator
            as variance

    from spans
    where denominator > 0

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
        *,
        touched_after - touched_before - others_after + others_before as effect,
        touched_late - touched_early - others_late + others_early as trend,
        1.959963984540054 * sqrt(effect_variance) as effect_error,
        1.959963984540054 * sqrt(trend_variance) as trend_error

    from wide

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

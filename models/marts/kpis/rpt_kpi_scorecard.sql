{#- A KPI's formula is data (dim_kpi): applying it is a join and a division. -#}

with

kpis as (

    select * from {{ ref('dim_kpi') }}

),

components as (

    select * from {{ ref('kpi_components') }}

),

periods as (

    select * from {{ ref('dim_periods') }}

),

targets as (

    select * from {{ ref('kpi_targets') }}

),

horizon as (

    select
        as_of,
        {{ local_date('as_of') }} as as_of_date

    from {{ ref('int_data_horizon') }}

),

-- every KPI has its overall line in every period, so that a missing one is seen
overall_lines as (

    select
        kpis.kpi_id,
        periods.period_grain,
        periods.period_start_date,
        'overall' as cut,
        'all' as cut_value,
        0 as numerator,
        0 as denominator,
        0 as squares,
        0 as sample_size

    from kpis
    cross join periods

),

component_lines as (

    select
        kpis.kpi_id,
        components.period_grain,
        components.period_start_date,
        components.cut,
        components.cut_value,
        case
            when components.component = kpis.numerator_component
                then components.component_value
        end as numerator,
        case
            when components.component = kpis.denominator_component
                then components.component_value
        end as denominator,
        case
            when components.component = kpis.squares_component
                then components.component_value
        end as squares,
        case
            when components.component = kpis.sample_component
                then components.component_value
        end as sample_size

    from kpis
    inner join components
        on components.component in (
            kpis.numerator_component,
            kpis.denominator_component,
            kpis.squares_component,
            kpis.sample_component
        )

),

lines as (

    select * from overall_lines
    union all
    select * from component_lines

),

summed as (

    select
        kpi_id,
        period_grain,
        period_start_date,
        cut,
        cut_value,
        coalesce(sum(numerator), 0)::decimal(18, 2) as numerator,
        coalesce(sum(denominator), 0)::decimal(18, 2) as denominator,
        coalesce(sum(squares), 0)::double as squares,
        coalesce(sum(sample_size), 0)::bigint as sample_size

    from lines
    group by all
    -- a cut value without anything to count is no line
    having cut = 'overall' or sum(numerator) != 0 or sum(denominator) != 0

),

valued as (

    select
        summed.*,
        kpis.version,
        {{ kpi_value('summed.numerator', 'summed.denominator', 'kpis.scale') }}
            as kpi_value,
        {{ kpi_interval(
            '-', 'kpis.interval_method', 'summed.numerator', 'summed.denominator',
            'summed.squares', 'kpis.scale'
        ) }} as interval_low,
        {{ kpi_interval(
            '+', 'kpis.interval_method', 'summed.numerator', 'summed.denominator',
            'summed.squares', 'kpis.scale'
        ) }} as interval_high,
        periods.period_end_date,
        periods.previous_period_start_date,
        least(periods.period_end_date, horizon.as_of_date) as target_date,
        -- the whole period lies further back than the KPI has to look forward
        coalesce(
            periods.period_end_date + kpis.maturity_days <= horizon.as_of_date, false
        ) as is_mature,
        periods.period_end_date > horizon.as_of_date as is_running

    from summed
    inner join kpis on summed.kpi_id = kpis.kpi_id
    inner join periods
        on
            summed.period_grain = periods.period_grain
            and summed.period_start_date = periods.period_start_date
    cross join horizon

),

-- a cut value's own target wins over the KPI's general one
targeted as (

    select
        valued.*,
        targets.green_operator,
        targets.green_value,
        targets.red_operator,
        targets.red_value,
        row_number() over (
            partition by
                valued.kpi_id,
                valued.period_grain,
                valued.period_start_date,
                valued.cut,
                valued.cut_value
            order by (targets.cut = 'overall')::integer
        ) as preference

    from valued
    left join targets
        on
            valued.kpi_id = targets.kpi_id
            and valued.target_date between targets.valid_from and targets.valid_to
            and (
                targets.cut = 'overall'
                or (valued.cut = targets.cut and valued.cut_value = targets.cut_value)
            )

),

chosen as (

    select *
    from targeted
    where preference = 1

),

final as (

    select
        -- grain
        chosen.kpi_id,
        chosen.period_grain,
        chosen.period_start_date,
        chosen.cut,
        chosen.cut_value,

        -- components
        chosen.numerator,
        chosen.denominator,

        -- values
        chosen.kpi_value,
        chosen.interval_low,
        chosen.interval_high,
        chosen.sample_size,
        chosen.green_value::decimal(18, 4) as target_value,
        {{ kpi_status('chosen.kpi_value', 'chosen.sample_size', 'chosen') }} as status,
        previous.kpi_value as previous_value,

        -- flags
        chosen.is_mature,
        chosen.is_running or not chosen.is_mature as is_provisional,

        -- version
        chosen.version as definition_version

    from chosen
    left join chosen as previous
        on
            chosen.kpi_id = previous.kpi_id
            and chosen.period_grain = previous.period_grain
            and chosen.previous_period_start_date = previous.period_start_date
            and chosen.cut = previous.cut
            and chosen.cut_value = previous.cut_value

)

select * from final

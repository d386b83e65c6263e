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
        0 as sample_size,
        kpis.denominator_component is null as is_count

    from kpis
    cross join periods

),

-- what a component is to a KPI; one may be two things at once
roles as (

    {% for role in ['numerator', 'denominator', 'squares', 'sample'] %}
    select
        kpi_id,
        '{{ role }}' as role,
        {{ role }}_component as component,
        cuts,
        denominator_component is null as is_count

    from kpis
    where {{ role }}_component is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

component_lines as (

    select
        roles.kpi_id,
        components.period_grain,
        components.period_start_date,
        components.cut,
        components.cut_value,
        case when roles.role = 'numerator' then components.component_value end
            as numerator,
        case when roles.role = 'denominator' then components.component_value end
            as denominator,
        case when roles.role = 'squares' then components.component_value end as squares,
        case when roles.role = 'sample' then components.component_value end
            as sample_size,
        roles.is_count

    from roles
    inner join components on roles.component = components.component
    where
        components.cut = 'overall'
        or ',' || roles.cuts || ',' like '%,' || components.cut || ',%'

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
        -- a count is counted in ones
        case
            when bool_or(is_count) then 1
            else coalesce(sum(denominator), 0)
        end::decimal(18, 2) as denominator,
        coalesce(sum(squares), 0)::double as squares,
        coalesce(sum(sample_size), 0)::bigint as sample_size

    from lines
    group by all
    -- a cut value without anything to count is no line
    having cut = 'overall' or sum(numerator) != 0 or sum(denominator) != 0

),

valued as (

    select
        summed.kpi_id,
        summed.period_grain,
        summed.period_start_date,
        summed.cut,
        summed.cut_value,
        summed.numerator,
        summed.denominator,
        summed.sample_size,
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
        case
            when summed.period_grain in ('month', 'quarter', 'year')
                then (summed.period_start_date - interval '1 year')::date
        end as year_ago_start_date,
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

compared as (

    select
        valued.*,
        previous.kpi_value as previous_value,
        year_ago.kpi_value as year_ago_value

    from valued
    left join valued as previous
        on
            valued.kpi_id = previous.kpi_id
            and valued.period_grain = previous.period_grain
            and valued.previous_period_start_date = previous.period_start_date
            and valued.cut = previous.cut
            and valued.cut_value = previous.cut_value
    left join valued as year_ago
        on
            valued.kpi_id = year_ago.kpi_id
            and valued.period_grain = year_ago.period_grain
            and valued.year_ago_start_date = year_ago.period_start_date
            and valued.cut = year_ago.cut
            and valued.cut_value = year_ago.cut_value

),

-- a cut value's own target wins over the KPI's general one
targeted as (

    select
        compared.*,
        targets.green_operator,
        targets.red_operator,
        targets.too_low_value,
        case targets.basis
            when 'value' then targets.green_value
            when 'change_on_year'
                then compared.year_ago_value * (1 + targets.green_value / 100.0)
        end as green_value,
        case targets.basis
            when 'value' then targets.red_value
            when 'change_on_year'
                then compared.year_ago_value * (1 + targets.red_value / 100.0)
        end as red_value,
        row_number() over (
            partition by
                compared.kpi_id,
                compared.period_grain,
                compared.period_start_date,
                compared.cut,
                compared.cut_value
            order by (targets.cut = 'overall')::integer
        ) as preference

    from compared
    left join targets
        on
            compared.kpi_id = targets.kpi_id
            and compared.target_date between targets.valid_from and targets.valid_to
            and (
                targets.period_grain is null
                or compared.period_grain = targets.period_grain
            )
            and (
                targets.cut = 'overall'
                or (
                    compared.cut = targets.cut
                    and compared.cut_value = targets.cut_value
                )
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
        kpi_id,
        period_grain,
        period_start_date,
        cut,
        cut_value,

        -- components
        numerator,
        denominator,

        -- values
        kpi_value,
        interval_low,
        interval_high,
        sample_size,
        green_value::double as target_value,
        red_value::double as red_value,
        {{ kpi_status('kpi_value', 'sample_size', 'chosen') }} as status,
        previous_value,

        -- flags
        coalesce(
            kpi_value < too_low_value and sample_size >= {{ var('min_sample') }}, false
        ) as is_too_low,
        is_mature,
        is_running or not is_mature as is_provisional,

        -- version
        version as definition_version

    from chosen

)

select * from final

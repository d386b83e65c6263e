{#-
    A KPI's formula is data (dim_kpi): applying it is a join and a division. KPIs, periods
    and lines are numbered, since a line's texts would be carried through every join.
-#}

with

kpis as (

    select
        *,
        row_number() over (order by kpi_id)::integer as kpi_number
    from {{ ref('dim_kpi') }}

),

components as (

    select * from {{ ref('kpi_components') }}

),

horizon as (

    select
        as_of,
        {{ local_date('as_of') }} as as_of_date

    from {{ ref('int_data_horizon') }}

),

periods as (

    select
        periods.*,
        horizon.as_of_date,
        case
            when periods.period_grain in ('month', 'quarter', 'year')
                then (periods.period_start_date - interval '1 year')::date
        end as year_ago_start_date,
        least(periods.period_end_date, horizon.as_of_date) as target_date,
        row_number() over (
            order by periods.period_grain, periods.period_start_date
        )::integer as period_number

    from {{ ref('dim_periods') }} as periods
    cross join horizon

),

-- of two general targets, or two of one cut value, the one for this grain alone wins
targets as (

    select
        targets.*,
        kpis.kpi_number,
        periods.period_number

    from {{ ref('kpi_targets') }} as targets
    inner join kpis on targets.kpi_id = kpis.kpi_id
    inner join periods
        on
            (
                targets.period_grain is null
                or targets.period_grain = periods.period_grain
            )
            and periods.target_date between targets.valid_from and targets.valid_to
    qualify
        row_number() over (
            partition by
                kpis.kpi_number, periods.period_number, targets.cut, targets.cut_value
            order by (targets.period_grain is null)::integer
        ) = 1

),

-- every period has its overall line, so that a missing one is seen
cut_values as (

    select
        period_grain,
        period_start_date,
        cut,
        cut_value
    from components
    union
    select
        period_grain,
        period_start_date,
        'overall' as cut,
        'all' as cut_value
    from periods

),

lines as (

    select
        periods.*,
        cut_values.cut,
        cut_values.cut_value,
        row_number() over (
            order by periods.period_number, cut_values.cut, cut_values.cut_value
        )::integer as line_number

    from cut_values
    inner join periods
        on
            cut_values.period_grain = periods.period_grain
            and cut_values.period_start_date = periods.period_start_date

),

cuts as (

    select distinct cut
    from lines

),

-- what a component is to a KPI; one may be several things at once
roles as (

    {% for role in ['numerator', 'denominator', 'squares', 'sample'] %}
    select
        kpi_number,
        cuts,
        '{{ role }}' as role,
        {{ role }}_component as component

    from kpis
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

uses as (

    select
        roles.kpi_number,
        roles.component,
        cuts.cut,
        bool_or(roles.role = 'numerator') as is_numerator,
        bool_or(roles.role = 'denominator') as is_denominator,
        bool_or(roles.role = 'squares') as is_squares,
        bool_or(roles.role = 'sample') as is_sample

    from roles
    inner join cuts
        on
            cuts.cut = 'overall'
            or ',' || roles.cuts || ',' like '%,' || cuts.cut || ',%'
    group by all

),

component_lines as (

    select
        uses.kpi_number,
        lines.line_number,
        case when uses.is_numerator then components.component_value end as numerator,
        case when uses.is_denominator then components.component_value end
            as denominator,
        case when uses.is_squares then components.component_value end as squares,
        case when uses.is_sample then components.component_value end as sample_size

    from components
    inner join lines
        on
            components.period_grain = lines.period_grain
            and components.period_start_date = lines.period_start_date
            and components.cut = lines.cut
            and components.cut_value = lines.cut_value
    inner join uses
        on
            components.component = uses.component
            and components.cut = uses.cut
    union all
    select
        kpis.kpi_number,
        lines.line_number,
        0 as numerator,
        0 as denominator,
        0 as squares,
        0 as sample_size

    from kpis
    cross join lines
    where lines.cut = 'overall'

),

summed as (

    select
        kpi_number,
        line_number,
        coalesce(sum(numerator), 0)::decimal(18, 2) as numerator,
        coalesce(sum(denominator), 0)::decimal(18, 2) as denominator,
        coalesce(sum(squares), 0)::double as squares,
        coalesce(sum(sample_size), 0)::bigint as sample_size

    from component_lines
    group by all

),

counted as (

    select
        summed.kpi_number,
        summed.line_number,
        summed.numerator,
        -- a count is counted in ones
        case
            when kpis.denominator_component is null then 1
            else summed.denominator
        end::decimal(18, 2) as denominator,
        summed.squares,
        summed.sample_size,
        kpis.scale

    from summed
    inner join kpis on summed.kpi_number = kpis.kpi_number
    inner join lines on summed.line_number = lines.line_number
    -- a cut value without anything to count is no line
    where lines.cut = 'overall' or summed.numerator != 0 or summed.denominator != 0

),

valued as (

    select
        *,
        {{ kpi_value('numerator', 'denominator', 'scale') }} as kpi_value
    from counted

),

-- where a line's predecessors stand
neighbours as (

    select
        lines.line_number,
        previous.line_number as previous_line_number,
        year_ago.line_number as year_ago_line_number

    from lines
    left join lines as previous
        on
            lines.period_grain = previous.period_grain
            and lines.previous_period_start_date = previous.period_start_date
            and lines.cut = previous.cut
            and lines.cut_value = previous.cut_value
    left join lines as year_ago
        on
            lines.period_grain = year_ago.period_grain
            and lines.year_ago_start_date = year_ago.period_start_date
            and lines.cut = year_ago.cut
            and lines.cut_value = year_ago.cut_value

),

years_ago as (

    select *
    from valued
    where
        kpi_number in (
            select targets.kpi_number from targets
            where targets.basis = 'change_on_year'
        )

),

compared as (

    select
        kpis.kpi_id,
        kpis.version,
        lines.period_grain,
        lines.period_start_date,
        lines.cut,
        lines.cut_value,
        valued.numerator,
        valued.denominator,
        valued.sample_size,
        valued.kpi_value,
        {{ kpi_interval(
            '-', 'kpis.interval_method', 'valued.numerator', 'valued.denominator',
            'valued.squares', 'kpis.scale'
        ) }} as interval_low,
        {{ kpi_interval(
            '+', 'kpis.interval_method', 'valued.numerator', 'valued.denominator',
            'valued.squares', 'kpis.scale'
        ) }} as interval_high,
        previous.kpi_value as previous_value,
        -- the whole period lies further back than the KPI has to look forward
        lines.period_end_date + kpis.maturity_days <= lines.as_of_date as is_mature,
        years_ago.kpi_value as year_ago_value,
        -- a cut value's own target wins over the KPI's general one
        {% for column in [
            'basis', 'green_operator', 'green_value', 'red_operator', 'red_value',
            'too_low_value',
        ] -%}
    case
        when own.kpi_number is null then general.{{ column }}
        else own.{{ column }}
    end as {{ 'target_' if column in ('green_value', 'red_value') }}{{ column }}
    {{- ',' if not loop.last }}
    {% endfor %}

    from valued
    inner join kpis on valued.kpi_number = kpis.kpi_number
    inner join lines on valued.line_number = lines.line_number
    inner join neighbours on valued.line_number = neighbours.line_number
    left join valued as previous
        on
            valued.kpi_number = previous.kpi_number
            and neighbours.previous_line_number = previous.line_number
    left join years_ago
        on
            valued.kpi_number = years_ago.kpi_number
            and neighbours.year_ago_line_number = years_ago.line_number
    left join targets as general
        on
            valued.kpi_number = general.kpi_number
            and lines.period_number = general.period_number
            and general.cut = 'overall'
    left join targets as own
        on
            valued.kpi_number = own.kpi_number
            and lines.period_number = own.period_number
            and lines.cut = own.cut
            and lines.cut_value = own.cut_value

),

targeted as (

    select
        *,
    {% for side in ['green', 'red'] -%}
    case basis
        when 'value' then target_{{ side }}_value
        when 'change_on_year'
            then year_ago_value * (1 + target_{{ side }}_value / 100.0)
    end as {{ side }}_value
    {{- ',' if not loop.last }}
    {% endfor %}

    from compared

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
        {{ kpi_status('kpi_value', 'sample_size', 'targeted') }} as status,
        previous_value,

        -- flags
        coalesce(
            kpi_value < too_low_value and sample_size >= {{ var('min_sample') }}, false
        ) as is_too_low,
        is_mature,
        not is_mature as is_provisional,

        -- version
        version as definition_version

    from targeted

)

select * from final

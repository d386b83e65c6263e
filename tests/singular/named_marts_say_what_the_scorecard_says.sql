-- The named marts add up to the scorecard, each row's value is its own ratio in the
-- KPI's version, and its interval the one of its own components (means have theirs in a
-- test of their own).

{%- set marts = {
    'nps': 'kpi_nps',
    'csat': 'kpi_csat',
    'ces': 'kpi_ces',
    'fcr': 'kpi_fcr',
    'repurchase_rate': 'kpi_repurchase_after_contact',
    'cost_per_resolution': 'kpi_cost_per_resolution',
    'roi': 'kpi_roi',
} %}

with

kpis as (

    select * from {{ ref('dim_kpi') }}

),

scorecard as (

    select * from {{ ref('rpt_kpi_scorecard') }}

),

named_rows as (

    {% for kpi_id, mart in marts.items() %}
    select
        '{{ kpi_id }}' as kpi_id,
        month_start_date,
        channel,
        numerator,
        denominator,
        {{ 'nps_promoters + nps_detractors' if kpi_id == 'nps' else 0 }} as squares,
        kpi_value,
        interval_low,
        interval_high,
        definition_version
    from {{ ref(mart) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

expected_intervals as (

    select
        named_rows.*,
        {{ kpi_interval(
            '-', 'kpis.interval_method', 'named_rows.numerator',
            'named_rows.denominator', 'named_rows.squares', 'kpis.scale'
        ) }} as expected_low,
        {{ kpi_interval(
            '+', 'kpis.interval_method', 'named_rows.numerator',
            'named_rows.denominator', 'named_rows.squares', 'kpis.scale'
        ) }} as expected_high

    from named_rows
    inner join kpis on named_rows.kpi_id = kpis.kpi_id
    where kpis.interval_method != 't'

),

interval_broken as (

    select
        kpi_id,
        month_start_date,
        channel
    from expected_intervals
    where
        (
            abs(interval_low - expected_low) < 0.000001
            and abs(interval_high - expected_high) < 0.000001
        ) is not true
        and coalesce(interval_low, interval_high, expected_low) is not null

),

own_ratio_broken as (

    select
        named_rows.kpi_id,
        named_rows.month_start_date,
        named_rows.channel
    from named_rows
    inner join kpis on named_rows.kpi_id = kpis.kpi_id
    where
        case
            when named_rows.denominator = 0 then named_rows.kpi_value is null
            else abs(
                named_rows.kpi_value * named_rows.denominator
                - kpis.scale * named_rows.numerator
            ) < 0.000001
        end is not true
        or named_rows.definition_version != kpis.version

),

summed as (

    select
        kpi_id,
        month_start_date,
        channel,
        sum(numerator) as numerator,
        sum(denominator) as denominator

    from named_rows
    group by all

),

scorecard_rows as (

    select
        kpi_id,
        period_start_date as month_start_date,
        cut_value as channel,
        numerator,
        denominator

    from scorecard
    where
        period_grain = 'month'
        and cut = 'channel'
        and (denominator != 0 or numerator != 0)
        and kpi_id in (
            {{ marts.keys() | map('tojson') | join(', ') | replace('"', "'") }}
        )

),

apart as (

    select
        coalesce(summed.kpi_id, scorecard_rows.kpi_id) as kpi_id,
        coalesce(summed.month_start_date, scorecard_rows.month_start_date)
            as month_start_date,
        coalesce(summed.channel, scorecard_rows.channel) as channel

    from summed
    full outer join scorecard_rows
        on
            summed.kpi_id = scorecard_rows.kpi_id
            and summed.month_start_date = scorecard_rows.month_start_date
            and summed.channel = scorecard_rows.channel
    where
        (
            summed.denominator = scorecard_rows.denominator
            -- the scorecard rounds a sum to cents once, the mart each row's
            and abs(summed.numerator - scorecard_rows.numerator)
            <= 0.01 * greatest(summed.denominator, 1)
        ) is not true

)

select
    kpi_id,
    month_start_date,
    channel
from own_ratio_broken
union all
select
    kpi_id,
    month_start_date,
    channel
from interval_broken
union all
select
    kpi_id,
    month_start_date,
    channel
from apart

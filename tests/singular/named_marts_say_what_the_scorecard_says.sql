-- The named marts add up to the scorecard, and each row's value is its own ratio.

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
        kpi_value
    from {{ ref(mart) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

own_ratio_broken as (

    select
        named_rows.kpi_id,
        named_rows.month_start_date,
        named_rows.channel
    from named_rows
    inner join kpis on named_rows.kpi_id = kpis.kpi_id
    where
        (
            abs(
                named_rows.kpi_value * named_rows.denominator
                - kpis.scale * named_rows.numerator
            ) < 0.000001
        ) is not true

),

summed as (

    select
        kpi_id,
        month_start_date,
        channel,
        sum(denominator) as denominator

    from named_rows
    group by all

),

scorecard_rows as (

    select
        kpi_id,
        period_start_date as month_start_date,
        cut_value as channel,
        denominator

    from scorecard
    where
        period_grain = 'month'
        and cut = 'channel'
        and denominator != 0
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
    where (summed.denominator = scorecard_rows.denominator) is not true

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
from apart

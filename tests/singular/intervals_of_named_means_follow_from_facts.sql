-- A mean's interval is mean ± t × standard deviation / √n: here by the engine's own
-- mean and deviation, over the facts themselves instead of sums of squares.

{%- set dimensions = [
    'channel', 'contact_reason', 'journey_stage', 'team', 'tier', 'site', 'partner'
] %}

with

observations as (

    select
        'ces' as kpi_id,
        date_trunc('month', answered_date)::date as month_start_date,
        {{ cut_columns(dimensions) }}
        effort_score as observed
    from {{ ref('fct_survey_responses') }}
    where
        question_type = 'ces'
        and is_counted
        and survey_kind = 'service'
    union all
    select
        'cost_per_resolution' as kpi_id,
        date_trunc('month', ended_date)::date as month_start_date,
        {{ cut_columns(dimensions) }}
        issue_cost_amount as observed
    from {{ ref('fct_issues') }}
    where is_resolved and is_costed

),

expected as (

    select
        kpi_id,
        month_start_date,
        {{ dimensions | join(',\n        ') }},
        count(*) as n,
        avg(observed::double) as kpi_value,
        stddev_samp(observed::double) / sqrt(count(*)) as standard_error

    from observations
    group by all

),

bounded as (

    select
        *,
        {{ t_quantile('n - 1') }} * standard_error as half_width

    from expected
    where n > 1

),

named_rows as (

    {% for kpi_id in ['ces', 'cost_per_resolution'] %}
    select
        '{{ kpi_id }}' as kpi_id,
        month_start_date,
        {{ dimensions | join(',\n        ') }},
        denominator,
        kpi_value,
        interval_low,
        interval_high
    from {{ ref('kpi_' ~ kpi_id) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    named_rows.kpi_id,
    named_rows.month_start_date,
    named_rows.channel,
    bounded.kpi_value,
    bounded.half_width
from named_rows
left join bounded
    on
        named_rows.kpi_id = bounded.kpi_id
        and named_rows.month_start_date = bounded.month_start_date
        {% for dimension in dimensions -%}
        and named_rows.{{ dimension }} = bounded.{{ dimension }}
        {% endfor -%}
where
    (
        named_rows.denominator = 1
        and named_rows.interval_low is null
        and named_rows.interval_high is null
        or named_rows.denominator = bounded.n
        and abs(named_rows.kpi_value - bounded.kpi_value) < 0.00001
        and abs(
            bounded.kpi_value - bounded.half_width - named_rows.interval_low
        ) < 0.00001
        and abs(
            bounded.kpi_value + bounded.half_width - named_rows.interval_high
        ) < 0.00001
    ) is not true

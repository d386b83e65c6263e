{#-
    Medians and 90th percentiles: they add up over nothing, so each period and cut value is
    computed from its own contacts and calls.
-#}

{%- set cuts = ['channel', 'reason', 'team', 'tier', 'site'] %}
{%- set shares = [0.5, 0.9] %}
{%- set durations_of = {
    'responses': ['first_response', 'first_response_business'],
    'resolutions': ['resolution', 'resolution_business', 'resolution_net_of_pending'],
    'waits': ['wait_of_answered', 'time_to_abandon'],
} %}

with

contacts as (

    select *
    from {{ ref('fct_contacts') }}
    where is_countable

),

calls as (

    select *
    from {{ ref('fct_calls') }}
    where is_offered

),

periods as (

    select *
    from {{ ref('bridge_dates_x_periods') }}
    where period_grain in ('week', 'month', 'quarter', 'year', 'all')

),

responses as (

    select
        opened_date as date_day,
        channel,
        contact_reason as reason,
        team,
        tier,
        site,
        first_response_seconds as first_response,
        first_response_business_seconds as first_response_business

    from contacts
    where is_written

),

resolutions as (

    select
        resolved_date as date_day,
        channel,
        contact_reason as reason,
        team,
        tier,
        site,
        resolution_seconds as resolution,
        resolution_business_seconds as resolution_business,
        resolution_seconds - pending_seconds as resolution_net_of_pending

    from contacts
    where is_resolved

),

waits as (

    select
        started_date as date_day,
        'phone' as channel,
        contact_reason as reason,
        team,
        tier,
        site,
        case when is_answered then wait_seconds end as wait_of_answered,
        case when is_abandoned then wait_seconds end as time_to_abandon

    from calls

),

{% for event, durations in durations_of.items() %}
{{ event }}_placed as (

    select
        periods.period_grain,
        periods.period_start_date,
        {{ event }}.*

    from {{ event }}
    inner join periods on {{ event }}.date_day = periods.date_day

),

{{ event }}_measured as (

    {% for cut in ['overall'] + cuts %}
    select
        period_grain,
        period_start_date,
        '{{ cut }}' as cut,
        {{ "'all'" if cut == 'overall' else "coalesce(" ~ cut ~ ", 'unknown')" }}
            as cut_value,
    {% for duration in durations -%}
    count({{ duration }}) as {{ duration }}_size,
    {{ quantile(duration, 0.5, shares) }} as {{ duration }}_median,
    {{ quantile(duration, 0.9, shares) }} as {{ duration }}_p90
    {{- ',' if not loop.last }}
    {% endfor %}
    from {{ event }}_placed
    group by all
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

{{ event }}_long as (

    {% for duration in durations %}
    select
        '{{ duration }}' as duration_id,
        period_grain,
        period_start_date,
        cut,
        cut_value,
        {{ duration }}_size as sample_size,
        {{ duration }}_median as median_duration,
        {{ duration }}_p90 as p90_duration

    from {{ event }}_measured
    where {{ duration }}_size > 0
    {{ 'union all' if not loop.last }}
    {% endfor %}

),
{% endfor %}

measured as (

    {% for event in durations_of %}
    select * from {{ event }}_long
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

final as (

    select
        -- grain
        duration_id,
        period_grain,
        period_start_date,
        cut,
        cut_value,

        -- values
        sample_size,
        median_duration::double as median_duration,
        p90_duration::double as p90_duration

    from measured

)

select * from final

{#-
    Medians and 90th percentiles: they add up over nothing, so each period and cut value is
    computed from its own contacts and calls. Their values stay in memory until all are
    done, so each cut reads no more of its fact than it needs, and a value takes four bytes:
    more than 68 years of seconds count as 68.
-#}

{%- set shares = [0.5, 0.9] %}
{%- set longest = 2147483647 %}
{%- set cuts = {
    'overall': "'all'",
    'channel': "facts.channel",
    'reason': "coalesce(facts.contact_reason, 'unknown')",
    'team': "coalesce(facts.team, 'unknown')",
    'tier': "coalesce(facts.tier, 'unknown')",
    'site': "coalesce(facts.site, 'unknown')",
} %}
{%- set events = [
    {
        'fact': 'fct_contacts',
        'date': 'opened_date',
        'condition': 'facts.is_countable and facts.is_written',
        'cuts': cuts,
        'durations': {
            'first_response': 'facts.first_response_seconds',
            'first_response_business': 'facts.first_response_business_seconds',
        },
    },
    {
        'fact': 'fct_contacts',
        'date': 'resolved_date',
        'condition': 'facts.is_countable and facts.is_resolved',
        'cuts': cuts,
        'durations': {
            'resolution': 'facts.resolution_seconds',
            'resolution_business': 'facts.resolution_business_seconds',
            'resolution_net_of_pending':
                'facts.resolution_seconds - facts.pending_seconds',
        },
    },
    {
        'fact': 'fct_calls',
        'date': 'started_date',
        'condition': 'facts.is_offered and facts.is_answered',
        'cuts': dict(cuts, channel="'phone'"),
        'durations': {'wait_of_answered': 'facts.wait_seconds'},
    },
    {
        'fact': 'fct_calls',
        'date': 'started_date',
        'condition': 'facts.is_offered and facts.is_abandoned',
        'cuts': dict(cuts, channel="'phone'"),
        'durations': {'time_to_abandon': 'facts.wait_seconds'},
    },
] %}

with

periods as (

    select *
    from {{ ref('bridge_dates_x_periods') }}
    where period_grain in ('week', 'month', 'quarter', 'year', 'all')

),

measured as (

    {% for event in events %}
    {%- set is_last_event = loop.last %}
    {%- for duration, seconds in event.durations.items() %}
    {%- set value = 'least(' ~ seconds ~ ', ' ~ longest ~ ')::integer' %}
    {%- set is_last_duration = loop.last %}
    {%- for cut, cut_value in event.cuts.items() %}
    select
        '{{ duration }}' as duration_id,
        periods.period_grain,
        periods.period_start_date,
        '{{ cut }}' as cut,
        {{ cut_value }} as cut_value,
        count(*) as sample_size,
        {{ quantile(value, 0.5, shares) }} as median_duration,
        {{ quantile(value, 0.9, shares) }} as p90_duration

    from {{ ref(event.fact) }} as facts
    inner join periods on facts.{{ event.date }} = periods.date_day
    where {{ event.condition }} and {{ seconds }} is not null
    group by all
    {% if not (is_last_event and is_last_duration and loop.last) -%}
    union all
    {% endif -%}
    {%- endfor -%}
    {%- endfor -%}
    {%- endfor %}

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

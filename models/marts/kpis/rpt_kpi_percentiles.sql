{#-
    Medians and 90th percentiles: they add up over nothing, so each period and cut value is
    computed from its own contacts and calls.
-#}

{%- set cuts = ['channel', 'reason', 'team', 'tier', 'site'] %}

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

durations as (

    {% for duration_id, seconds, date, condition in [
        ('first_response', 'first_response_seconds', 'opened_date', 'is_written'),
        (
            'first_response_business', 'first_response_business_seconds',
            'opened_date', 'is_written'
        ),
        ('resolution', 'resolution_seconds', 'resolved_date', 'is_resolved'),
        (
            'resolution_business', 'resolution_business_seconds', 'resolved_date',
            'is_resolved'
        ),
        (
            'resolution_net_of_pending', 'resolution_seconds - pending_seconds',
            'resolved_date', 'is_resolved'
        ),
    ] %}
    select
        '{{ duration_id }}' as duration_id,
        {{ date }} as date_day,
        channel,
        contact_reason as reason,
        team,
        tier,
        site,
        {{ seconds }} as seconds

    from contacts
    where {{ condition }}
    union all
    {% endfor %}
    {% for duration_id, condition in [
        ('wait_of_answered', 'is_answered'), ('time_to_abandon', 'is_abandoned')
    ] %}
    select
        '{{ duration_id }}' as duration_id,
        started_date as date_day,
        'phone' as channel,
        contact_reason as reason,
        team,
        tier,
        site,
        wait_seconds as seconds

    from calls
    where {{ condition }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

placed as (

    select
        periods.period_grain,
        periods.period_start_date,
        durations.*

    from durations
    inner join periods on durations.date_day = periods.date_day
    where durations.seconds is not null

),

measured as (

    {% for cut in ['overall'] + cuts %}
    select
        duration_id,
        period_grain,
        period_start_date,
        '{{ cut }}' as cut,
        {{ "'all'" if cut == 'overall' else "coalesce(" ~ cut ~ ", 'unknown')" }}
            as cut_value,
        count(*) as sample_size,
        percentile_cont(0.5) within group (order by seconds) as median_duration,
        percentile_cont(0.9) within group (order by seconds) as p90_duration

    from placed
    group by all
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

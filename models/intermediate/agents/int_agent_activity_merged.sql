{#-
    What agents did, each kind counted once however often it was written: overlapping
    intervals become one, cut at local midnight. Adherent is where being logged in and
    being scheduled coincide.
-#}

with

activity as (

    select * from {{ ref('stg_generic__agent_activity') }}

),

aliases as (

    select * from {{ ref('agent_aliases') }}

),

kinds (state, activity) as (

    values
    ('logged_in', 'logged_in'),
    ('available', 'logged_in'),
    ('on_contact', 'logged_in'),
    ('wrap', 'logged_in'),
    ('on_contact', 'on_contact'),
    ('wrap', 'wrap'),
    ('on_contact', 'busy'),
    ('wrap', 'busy'),
    ('scheduled', 'scheduled')

),

intervals as (

    select
        coalesce(
            aliases.agent_source_system || ':' || aliases.agent_source_id,
            'generic:' || activity.agent_source_id
        ) as agent_id,
        kinds.activity,
        activity.started_at,
        activity.ended_at

    from activity
    inner join kinds on activity.state = kinds.state
    left join aliases
        on
            activity.agent_source_id = aliases.source_agent_id
            and aliases.source_system = 'generic'
    where activity.ended_at > activity.started_at

),

preceded as (

    select
        *,
        max(ended_at) over (
            partition by agent_id, activity
            order by started_at, ended_at
            rows between unbounded preceding and 1 preceding
        ) as covered_until

    from intervals

),

numbered as (

    select
        *,
        count(*) filter (
            where covered_until is null or started_at > covered_until
        ) over (
            partition by agent_id, activity
            order by started_at, ended_at
            rows between unbounded preceding and current row
        ) as stretch_number

    from preceded

),

merged as (

    select
        agent_id,
        activity,
        min(started_at) as started_at,
        max(ended_at) as ended_at

    from numbered
    group by agent_id, activity, stretch_number

),

spread as (

    select
        *,
        {{ date_spine(
            local_date('started_at'),
            local_date("ended_at - interval '1 second'")
        ) }} as activity_date

    from merged

),

pieces as (

    select
        agent_id,
        activity,
        activity_date,
        greatest(
            started_at, {{ local_midnight('activity_date') }}
        ) as started_at,
        least(
            ended_at, {{ local_midnight("activity_date + interval '1 day'") }}
        ) as ended_at

    from spread

),

adherent as (

    select
        worked.agent_id,
        'adherent' as activity,
        worked.activity_date,
        greatest(worked.started_at, planned.started_at) as started_at,
        least(worked.ended_at, planned.ended_at) as ended_at

    from pieces as worked
    inner join pieces as planned
        on
            worked.agent_id = planned.agent_id
            and worked.activity_date = planned.activity_date
            and worked.started_at < planned.ended_at
            and worked.ended_at > planned.started_at
    where worked.activity = 'logged_in' and planned.activity = 'scheduled'

),

unioned as (

    select * from pieces
    union all
    select * from adherent

),

final as (

    select
        -- keys
        concat_ws('|', agent_id, activity, started_at) as agent_activity_id,
        agent_id,

        -- attributes
        activity,

        -- measures
        {{ seconds_between('started_at', 'ended_at') }} as activity_seconds,

        -- dates and timestamps
        activity_date,
        started_at,
        ended_at

    from unioned

)

select * from final

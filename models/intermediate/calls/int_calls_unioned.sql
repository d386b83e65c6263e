with

asterisk_calls as (

    select * from {{ ref('int_asterisk_calls_assembled') }}

),

stated_calls as (

    select * from {{ ref('int_calls_stated') }}

),

legs as (

    select * from {{ ref('int_call_legs_unioned') }}

),

team_aliases as (

    select * from {{ ref('team_aliases') }}

),

talked as (

    select
        call_id,
        min_by(agent_id, leg_number) as agent_id,
        count(*) as legs,
        sum(talk_seconds)::bigint as talk_seconds,
        sum(hold_seconds)::bigint as hold_seconds,
        sum(wrap_seconds)::bigint as wrap_seconds

    from legs
    group by all

),

asterisk as (

    select
        'asterisk' as source_system,
        call_source_id as source_id,
        null as contact_source_id,
        null as customer_source_id,
        phone_key,
        null as team,
        null as stated_site,
        queue,
        'inbound' as direction,
        outcome,
        null as contact_reason,
        null::boolean as is_resolved,
        case
            when outcome = 'answered'
                then {{ seconds_between('started_at', 'answered_at') }}
            else {{ seconds_between('started_at', 'ended_at') }}
        end as wait_seconds,
        started_at,
        answered_at,
        ended_at

    from asterisk_calls

),

stated as (

    select
        source_system,
        call_source_id as source_id,
        contact_source_id,
        customer_source_id,
        phone_key,
        team,
        site as stated_site,
        queue,
        direction,
        outcome,
        contact_reason,
        is_resolved,
        coalesce(
            wait_seconds, {{ seconds_between('started_at', 'answered_at') }}
        ) as wait_seconds,
        started_at,
        -- answered, nobody says when: after the wait
        case
            when answered_at is null and outcome = 'answered'
                then started_at + coalesce(wait_seconds, 0) * interval '1 second'
            else answered_at
        end as answered_at,
        coalesce(
            ended_at,
            started_at
            + (
                coalesce(wait_seconds, 0)
                + coalesce(talk_seconds, 0)
                + coalesce(hold_seconds, 0)
            )
            * interval '1 second'
        ) as ended_at

    from stated_calls

),

unioned as (

    select * from asterisk
    union all
    select * from stated

),

final as (

    select
        -- keys
        {{ call_id('unioned.source_system', 'unioned.source_id') }} as call_id,
        unioned.source_system,
        unioned.source_id,
        {{ identity_id(
            'unioned.source_system', 'unioned.customer_source_id',
            'cast(null as string)', 'unioned.phone_key'
        ) }} as identity_id,
        unioned.customer_source_id,
        unioned.phone_key,
        unioned.contact_source_id,
        talked.agent_id,

        -- attributes
        coalesce(team_aliases.team, unioned.team, unioned.queue) as team,
        unioned.stated_site,
        unioned.queue,
        unioned.direction,
        unioned.outcome,
        unioned.contact_reason,

        -- flags
        coalesce(unioned.outcome = 'answered', false) as is_answered,
        -- nobody says whether the problem was solved: an answer is taken for it
        case
            when unioned.outcome = 'answered' then coalesce(unioned.is_resolved, true)
            else false
        end as is_resolved,
        coalesce(unioned.outcome = 'answered', false)
        and unioned.is_resolved is null as is_resolution_assumed,

        -- measures
        unioned.wait_seconds,
        coalesce(talked.legs, 0) as legs,
        talked.talk_seconds,
        talked.hold_seconds,
        talked.wrap_seconds,

        -- timestamps
        unioned.started_at,
        unioned.answered_at,
        unioned.ended_at

    from unioned
    left join talked
        on
            {{ call_id('unioned.source_system', 'unioned.source_id') }} = talked.call_id
    left join team_aliases
        on
            unioned.source_system = team_aliases.source_system
            and coalesce(unioned.team, unioned.queue) = team_aliases.source_team

)

select * from final

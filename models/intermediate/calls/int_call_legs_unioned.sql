{#- A stated call names one agent, so it has one leg once answered. -#}

with

asterisk_legs as (

    select * from {{ ref('int_asterisk_legs_paired') }}

),

stated_calls as (

    select * from {{ ref('int_calls_stated') }}

),

aliases as (

    select * from {{ ref('agent_aliases') }}

),

asterisk as (

    select
        'asterisk' as source_system,
        call_source_id,
        leg_number,
        agent_source_id,
        ring_seconds,
        talk_seconds,
        null::bigint as hold_seconds,
        null::bigint as wrap_seconds,
        connected_at,
        ended_at

    from asterisk_legs

),

stated as (

    select
        source_system,
        call_source_id,
        1 as leg_number,
        agent_source_id,
        null::bigint as ring_seconds,
        talk_seconds,
        hold_seconds,
        wrap_seconds,
        coalesce(
            answered_at, started_at + wait_seconds * interval '1 second'
        ) as connected_at,
        ended_at

    from stated_calls
    where outcome = 'answered'

),

unioned as (

    select * from asterisk
    union all
    select * from stated

),

final as (

    select
        -- keys
        {{ call_id('legs.source_system', 'legs.call_source_id') }} as call_id,
        call_id || ':' || legs.leg_number as call_leg_id,
        coalesce(aliases.agent_source_system, legs.source_system) || ':'
        || coalesce(aliases.agent_source_id, legs.agent_source_id) as agent_id,

        -- measures
        legs.leg_number::bigint as leg_number,
        legs.ring_seconds,
        legs.talk_seconds,
        legs.hold_seconds,
        legs.wrap_seconds,

        -- timestamps
        legs.connected_at,
        legs.ended_at

    from unioned as legs
    left join aliases
        on
            legs.source_system = aliases.source_system
            and legs.agent_source_id = {{ agent_key('aliases.source_agent_id') }}

)

select * from final

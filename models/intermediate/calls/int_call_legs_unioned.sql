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
        'asterisk:' || legs.call_source_id as call_id,
        legs.leg_number,
        coalesce(
            aliases.agent_source_system || ':' || aliases.agent_source_id,
            'asterisk:' || legs.agent_source_id
        ) as agent_id,
        legs.ring_seconds,
        legs.talk_seconds,
        null::bigint as hold_seconds,
        null::bigint as wrap_seconds,
        legs.connected_at,
        legs.ended_at

    from asterisk_legs as legs
    left join aliases
        on
            legs.agent_source_id = aliases.source_agent_id
            and aliases.source_system = 'asterisk'

),

stated as (

    select
        source_system || ':' || call_source_id as call_id,
        1 as leg_number,
        source_system || ':' || agent_source_id as agent_id,
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
        call_id || ':' || leg_number as call_leg_id,
        call_id,
        agent_id,

        -- measures
        leg_number::bigint as leg_number,
        ring_seconds,
        talk_seconds,
        hold_seconds,
        wrap_seconds,

        -- timestamps
        connected_at,
        ended_at

    from unioned

)

select * from final

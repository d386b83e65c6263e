{#- What a contact's history says about it. Replies count when a human wrote them. -#}

with

events as (

    select * from {{ ref('int_contact_events_unioned') }}

),

teams as (

    select * from {{ ref('teams') }}

),

moves as (

    select
        events.*,
        events.event_type in ('team_changed', 'tier_changed')
        and events.actor_type = 'agent'
        and events.from_value is not null
        and events.from_value != events.to_value as is_handover,
        case events.event_type
            when 'team_changed' then to_teams.tier - from_teams.tier
            when 'tier_changed'
                then
                    try_cast(events.to_value as integer)
                    - try_cast(events.from_value as integer)
        end as tiers_up

    from events
    left join teams as from_teams on events.from_value = from_teams.team
    left join teams as to_teams on events.to_value = to_teams.team

),

final as (

    select
        -- keys
        contact_id,
        -- two changes of one second are told apart by id, so that every build agrees
        min_by(actor_id, row(occurred_at, event_id)) filter (
            where event_type = 'public_reply' and actor_type = 'agent'
        ) as first_agent_id,

        -- attributes
        min_by(from_value, row(occurred_at, event_id)) filter (
            where is_handover and event_type = 'team_changed'
        ) as first_team,

        -- measures
        count(*) filter (
            where event_type = 'public_reply' and actor_type = 'agent'
        ) as human_replies,
        count(*) filter (where event_type = 'reopened') as reopens,
        count(*) filter (
            where is_handover and coalesce(tiers_up, 0) = 0
        ) as transfers,
        count(*) filter (where is_handover and tiers_up > 0) as escalations,

        -- timestamps
        min(occurred_at) filter (
            where event_type = 'customer_reply'
        ) as first_customer_message_at,
        min(occurred_at) filter (
            where event_type = 'public_reply' and actor_type = 'agent'
        ) as first_response_at,
        max(occurred_at) filter (where event_type = 'solved') as solved_at,
        max(occurred_at) filter (where event_type = 'closed') as closed_at,
        max(occurred_at) as last_event_at

    from moves
    group by all

)

select * from final

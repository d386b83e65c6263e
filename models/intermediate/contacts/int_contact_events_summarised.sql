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
    left join teams as from_teams
        on
            events.from_value = from_teams.team
            and {{ is_valid_on('from_teams', 'events.occurred_at') }}
    left join teams as to_teams
        on
            events.to_value = to_teams.team
            and {{ is_valid_on('to_teams', 'events.occurred_at') }}

),

begun as (

    select
        *,
        min(occurred_at) filter (
            where event_type = 'customer_reply'
        ) over (partition by contact_id) as first_customer_message_at

    from moves

),

answered as (

    select
        *,
        event_type = 'public_reply' and actor_type = 'agent' as is_human_message,
        -- what an agent wrote before the customer did answers nothing
        event_type = 'public_reply'
        and actor_type = 'agent'
        and (
            first_customer_message_at is null
            or occurred_at >= first_customer_message_at
        ) as is_human_reply

    from begun

),

timed as (

    select
        *,
        min(occurred_at) filter (where is_human_reply) over (
            partition by contact_id
        ) as first_response_at,
        case
            when
                event_type in (
                    'opened', 'status_changed', 'solved', 'reopened', 'closed'
                )
                then
                    lead(occurred_at) over (
                        partition by
                            contact_id,
                            event_type in (
                                'opened', 'status_changed', 'solved', 'reopened',
                                'closed'
                            )
                        order by occurred_at, event_id
                    )
        end as next_status_at

    from answered

),

final as (

    select
        -- keys
        contact_id,
        -- two changes of one second are told apart by id, so that every build agrees
        min_by(actor_id, (occurred_at, event_id)) filter (
            where is_human_message
        ) as first_agent_id,

        -- attributes
        min_by(from_value, (occurred_at, event_id)) filter (
            where is_handover and event_type = 'team_changed'
        ) as first_team,

        -- measures
        count(*) filter (where is_human_reply) as human_replies,
        count(*) filter (
            where event_type = 'public_reply' and actor_type = 'bot'
        ) as bot_replies,
        count(*) filter (where event_type = 'reopened') as reopens,
        count(*) filter (
            where is_handover and coalesce(tiers_up, 0) = 0
        ) as transfers,
        count(*) filter (where is_handover and tiers_up > 0) as escalations,
        coalesce(
            sum({{ seconds_between('occurred_at', 'next_status_at') }}) filter (
                where to_value = 'pending'
            ),
            0
        )::bigint as pending_seconds,

        -- timestamps
        min(first_customer_message_at) as first_customer_message_at,
        -- the bot's last act before a human took over is the hand-off
        max(occurred_at) filter (
            where
            actor_type = 'bot'
            and (first_response_at is null or occurred_at <= first_response_at)
        ) as handed_over_at,
        min(first_response_at) as first_response_at,
        min(occurred_at) filter (where event_type = 'solved') as first_solved_at,
        max(occurred_at) filter (where event_type = 'solved') as solved_at,
        max(occurred_at) filter (where event_type = 'closed') as closed_at,
        max(occurred_at) as last_event_at

    from timed
    group by all

)

select * from final

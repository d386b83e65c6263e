{#- What a contact's history says about it. Replies count when a human wrote them. -#}

with

events as (

    select * from {{ ref('int_contact_events_unioned') }}

),

teams as (

    select * from {{ ref('teams') }}

),

-- what the system says itself of its contacts' answer and solution
stated as (

    select
        source_system || ':' || contact_source_id as contact_id,
        first_response_at,
        coalesce(resolved_at, closed_at) as resolved_at

    from {{ ref('int_contacts_stated') }}

),

moves as (

    select
        events.*,
        stated.first_response_at as stated_response_at,
        stated.resolved_at as stated_resolved_at,
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
    left join stated on events.contact_id = stated.contact_id

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
        event_type in (
            'opened', 'status_changed', 'solved', 'reopened', 'closed'
        ) as is_of_status,
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
        coalesce(
            max(occurred_at) filter (where event_type = 'solved') over (
                partition by contact_id
            ),
            stated_resolved_at
        ) as last_solved_at,
        case when is_of_status then lead(occurred_at) over in_order end
            as next_status_at,
        case when is_of_status then lag(event_type) over in_order end
            as previous_status_event

    from answered
    window in_order as (
        partition by contact_id, is_of_status order by occurred_at, event_id
    )

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
        -- whatever the event is called: solved or closed before, and in work again
        count(*) filter (
            where
            event_type = 'reopened'
            or (
                event_type in ('opened', 'status_changed')
                and previous_status_event in ('solved', 'closed')
            )
        ) as reopens,
        count(*) filter (
            where is_handover and coalesce(tiers_up, 0) = 0
        ) as transfers,
        count(*) filter (where is_handover and tiers_up > 0) as escalations,
        -- what is pending after the last solution is no part of the way to it
        coalesce(
            sum(
                {{ seconds_between(
                    'occurred_at', 'least(next_status_at, last_solved_at)'
                ) }}
            ) filter (where to_value = 'pending' and last_solved_at > occurred_at),
            0
        )::bigint as pending_seconds,

        -- timestamps
        any_value(first_customer_message_at) as first_customer_message_at,
        -- what an agent opened waits for no answer until the customer writes
        case
            when
                min_by(actor_type, (occurred_at, event_id)) filter (
                    where event_type = 'opened'
                ) = 'agent'
                then any_value(first_customer_message_at)
        end as asked_at,
        -- the bot's last act before a human took over is the hand-off
        max(occurred_at) filter (
            where
            actor_type = 'bot'
            and occurred_at
            <= coalesce(stated_response_at, first_response_at, occurred_at)
        ) as handed_over_at,
        any_value(first_response_at) as first_response_at,
        min(occurred_at) filter (where event_type = 'solved') as first_solved_at,
        max(occurred_at) filter (where event_type = 'solved') as solved_at,
        max(occurred_at) filter (where event_type = 'closed') as closed_at,
        max(occurred_at) as last_event_at

    from timed
    group by all

)

select * from final

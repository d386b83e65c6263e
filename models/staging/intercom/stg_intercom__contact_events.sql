{#-
    What happened in each conversation whose parts were exported. A part can do two things
    at once, such as answer and close; the first message stands in the conversation.
-#}

with

conversations as (

    {{ newest('intercom', 'conversations') }}

),

parts as (

    {{ newest('intercom', 'conversation_parts') }}

),

teams as (

    {{ newest('intercom', 'teams', at='') }}

),

bots as (

    select source_agent_id
    from {{ ref('bot_agents') }}
    where source_system = 'intercom'

),

-- the first message as a part like the others
messages as (

    select
        id as part_id,
        id as conversation_id,
        'opened' as part_type,
        author_id,
        author_type,
        delivered_as in ('operator_initiated', 'automated', 'campaigns_initiated')
            as is_automatic,
        true as is_written,
        null::string as assigned_to_type,
        null::string as assigned_to_id,
        {{ to_utc('created_at') }} as occurred_at

    from conversations
    where id in (select parts.conversation_id from parts)
    union all
    select
        id as part_id,
        conversation_id,
        lower(part_type) as part_type,
        author_id,
        author_type,
        coalesce(from_ai_agent = 'true', false) as is_automatic,
        coalesce(body, '') != '' as is_written,
        assigned_to_type,
        assigned_to_id,
        {{ to_utc('created_at') }} as occurred_at

    from parts

),

authored as (

    select
        messages.*,
        case
            when messages.author_type in ('user', 'lead', 'contact') then 'customer'
            -- a workflow that only moves a conversation is no bot that answers
            when messages.author_type = 'bot' and not messages.is_written then 'system'
            when
                messages.author_type = 'bot'
                or messages.is_automatic
                or messages.author_id in (select bots.source_agent_id from bots)
                then 'bot'
            when messages.author_type is null then 'system'
            else 'agent'
        end as actor_type,
        coalesce(teams.name, messages.assigned_to_id) as assigned_to

    from messages
    left join teams
        on messages.assigned_to_id = teams.id and messages.assigned_to_type = 'team'

),

teamed as (

    select
        *,
        lag(assigned_to) over (
            partition by conversation_id order by occurred_at, part_id
        ) as previous_team

    from authored
    where assigned_to_type = 'team'

),

happened as (

    select
        conversation_id,
        author_id,
        actor_type,
        'opened' as event_type,
        null::string as from_value,
        'open' as to_value,
        occurred_at

    from authored
    where part_type = 'opened'
    union all
    select
        conversation_id,
        author_id,
        actor_type,
        case
            when part_type like 'note%' then 'internal_note'
            when actor_type = 'customer' then 'customer_reply'
            else 'public_reply'
        end as event_type,
        null::string as from_value,
        null::string as to_value,
        occurred_at

    from authored
    where
        is_written
        and (
            part_type in ('opened', 'comment', 'close', 'open')
            or part_type like 'note%'
            or part_type like 'assign%'
        )
    union all
    select
        conversation_id,
        author_id,
        actor_type,
        case
            when part_type = 'close' then 'solved'
            when part_type = 'open' or part_type like '%reopen' then 'reopened'
            else 'status_changed'
        end as event_type,
        null::string as from_value,
        case
            when part_type = 'close' then 'solved'
            when part_type = 'snoozed' then 'pending'
            else 'open'
        end as to_value,
        occurred_at

    from authored
    where
        part_type in ('close', 'open', 'snoozed', 'timer_unsnooze')
        or part_type like '%reopen'
        or part_type like '%unsnooze%'
    union all
    select
        conversation_id,
        author_id,
        actor_type,
        'assigned' as event_type,
        null::string as from_value,
        assigned_to as to_value,
        occurred_at

    from authored
    where assigned_to_type = 'admin'
    union all
    select
        conversation_id,
        author_id,
        actor_type,
        'team_changed' as event_type,
        previous_team as from_value,
        assigned_to as to_value,
        occurred_at

    from teamed

),

final as (

    select distinct
        -- keys
        conversation_id as contact_source_id,
        author_id as actor_source_id,

        -- attributes
        event_type,
        actor_type,
        from_value,
        to_value,

        -- timestamps
        occurred_at

    from happened

)

select * from final

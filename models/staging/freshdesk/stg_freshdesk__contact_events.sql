{#-
    Messages and notes of each ticket. The first message stands in the ticket and in no
    conversation, so it is made from there, where conversations were exported at all.
-#}

with

tickets as (

    {{ newest(
        'freshdesk', 'tickets', at=to_utc('updated_at', var('freshdesk_timezone'))
    ) }}

),

conversations as (

    {{ newest('freshdesk', 'conversations') }}

),

bots as (

    select source_agent_id
    from {{ ref('bot_agents') }}
    where source_system = 'freshdesk'

),

activities as (

    select * from {{ source('freshdesk', 'ticket_activities') }}

),

statuses as (

    select * from {{ ref('status_aliases') }}
    where source_system = 'freshdesk'

),

opened as (

    select
        id as contact_source_id,
        case
            when lower(source) in ('10', 'outbound email') then responder_id
            else requester_id
        end as actor_source_id,
        case
            when lower(source) in ('10', 'outbound email') then 'agent'
            else 'customer'
        end as actor_type,
        {{ to_utc('created_at', var('freshdesk_timezone')) }} as occurred_at

    from tickets
    where id in (select conversations.ticket_id from conversations)

),

first_messages as (

    select
        *,
        case
            when actor_type = 'agent' then 'public_reply'
            else 'customer_reply'
        end as event_type

    from opened

),

messages as (

    select
        ticket_id as contact_source_id,
        user_id as actor_source_id,
        case
            when incoming = 'true' then 'customer'
            when user_id in (select bots.source_agent_id from bots) then 'bot'
            else 'agent'
        end as actor_type,
        {{ to_utc('created_at') }} as occurred_at,
        case
            when private = 'true' then 'internal_note'
            when incoming = 'true' then 'customer_reply'
            else 'public_reply'
        end as event_type

    from conversations

),

-- what changed, one row a field; exports overlap
changes as (

    select distinct
        ticket_id,
        performer_id,
        performer_type,
        'status' as field,
        {{ json_text('activity', '$.status') }} as value,
        {{ json_text('activity', '$.new_ticket') }} = 'true' as is_first,
        {{ to_utc('performed_at') }} as occurred_at

    from activities
    union
    select
        ticket_id,
        performer_id,
        performer_type,
        'group' as field,
        {{ json_text('activity', '$.group') }} as value,
        {{ json_text('activity', '$.new_ticket') }} = 'true' as is_first,
        {{ to_utc('performed_at') }} as occurred_at

    from activities

),

known_changes as (

    select
        changes.ticket_id,
        changes.performer_id,
        changes.performer_type,
        changes.field,
        coalesce(changes.is_first, false) as is_first,
        changes.occurred_at,
        coalesce(statuses.status, changes.value) as value

    from changes
    left join statuses
        on lower(changes.value) = statuses.source_status and changes.field = 'status'
    where changes.value is not null

),

sequenced as (

    select
        *,
        lag(value) over (
            partition by ticket_id, field order by occurred_at, value
        ) as previous_value

    from known_changes

),

moved as (

    select
        sequenced.ticket_id as contact_source_id,
        sequenced.performer_id as actor_source_id,
        case
            when sequenced.performer_type = 'system' then 'system'
            when sequenced.performer_id in (select bots.source_agent_id from bots)
                then 'bot'
            when sequenced.performer_id = tickets.requester_id then 'customer'
            else 'agent'
        end as actor_type,
        sequenced.occurred_at,
        case
            when sequenced.field = 'group' then 'team_changed'
            when sequenced.value in ('solved', 'closed') then sequenced.value
            when sequenced.previous_value in ('solved', 'closed') then 'reopened'
            else 'status_changed'
        end as event_type,
        sequenced.previous_value as from_value,
        sequenced.value as to_value

    from sequenced
    inner join tickets on sequenced.ticket_id = tickets.id
    where
        not (sequenced.is_first and sequenced.field = 'status')
        and tickets.id in (select conversations.ticket_id from conversations)

),

unioned as (

    select
        *,
        'opened' as event_type,
        null::string as from_value,
        null::string as to_value

    from opened
    union all
    select
        *,
        null::string as from_value,
        null::string as to_value

    from first_messages
    union all
    select
        *,
        null::string as from_value,
        null::string as to_value

    from messages
    union all
    select * from moved

),

final as (

    select distinct
        -- keys
        contact_source_id,
        actor_source_id,

        -- attributes
        event_type,
        actor_type,
        from_value,
        to_value,

        -- timestamps
        occurred_at

    from unioned

)

select * from final

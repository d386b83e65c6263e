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

unioned as (

    select
        *,
        'opened' as event_type

    from opened
    union all
    select * from first_messages
    union all
    select * from messages

),

final as (

    select distinct
        -- keys
        contact_source_id,
        actor_source_id,

        -- attributes
        event_type,
        actor_type,
        null::string as from_value,
        null::string as to_value,

        -- timestamps
        occurred_at

    from unioned

)

select * from final

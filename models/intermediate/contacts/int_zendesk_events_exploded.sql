{#- Opens each audit into its changes and says who made each; text stays behind. -#}

with

audits as (

    select * from {{ ref('stg_zendesk__ticket_audits') }}

),

users as (

    select * from {{ ref('stg_zendesk__users') }}

),

tickets as (

    select * from {{ ref('stg_zendesk__tickets') }}

),

bots as (

    select source_agent_id
    from {{ ref('bot_agents') }}
    where source_system = 'zendesk'

),

exploded as (

    select
        audit_id,
        ticket_id,
        author_id,
        via_channel,
        created_at,
        {{ json_rows('events', [
            'id', 'type', 'field_name', 'value', 'previous_value', 'public',
            'author_id', 'via',
        ]) }} as detail

    from audits

),

authored as (

    select
        ticket_id,
        created_at,
        detail['id'] as event_source_id,
        detail['type'] as type,
        detail['field_name'] as field,
        detail['value'] as value,
        detail['previous_value'] as previous_value,
        detail['public'] = 'true' as is_public,
        coalesce(detail['author_id'], author_id) as actor_source_id,
        coalesce(
            {{ json_text("detail['via']", '$.channel') }}, via_channel
        ) as via_channel

    from exploded
    -- any other field may hold text, which goes no further
    where
        detail['type'] = 'Comment'
        or (
            detail['type'] in ('Create', 'Change')
            and detail['field_name'] in ('status', 'group_id', 'assignee_id')
        )

),

final as (

    select
        -- keys
        authored.event_source_id,
        authored.ticket_id,
        authored.actor_source_id,

        -- attributes
        authored.type,
        authored.field,
        authored.value,
        authored.previous_value,
        case
            when authored.via_channel = 'rule' or authored.actor_source_id = '-1'
                then 'system'
            when bots.source_agent_id is not null then 'bot'
            when users.is_staff then 'agent'
            when users.user_id is not null then 'customer'
            when authored.actor_source_id = tickets.requester_id then 'customer'
            -- a leaver whose account the export no longer holds still replied
            else 'agent'
        end as actor_type,

        -- flags
        authored.is_public,

        -- timestamps
        authored.created_at as occurred_at

    from authored
    inner join tickets on authored.ticket_id = tickets.ticket_id
    left join users on authored.actor_source_id = users.user_id
    left join bots on authored.actor_source_id = bots.source_agent_id

)

select * from final

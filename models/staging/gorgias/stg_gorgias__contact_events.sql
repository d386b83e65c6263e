{#-
    Messages of each ticket, and the closings and reopenings of those that have messages:
    of the others nobody knows the replies. Closing a ticket is what solves it.
-#}

with

tickets as (

    {{ newest(
        'gorgias', 'tickets', at=to_utc('updated_at', var('gorgias_timezone'))
    ) }}

),

messages as (

    {{ newest('gorgias', 'messages') }}

),

changes as (

    {{ newest('gorgias', 'events', at='') }}

),

teams as (

    {{ newest('gorgias', 'teams', at='') }}

),

bots as (

    select source_agent_id
    from {{ ref('bot_agents') }}
    where source_system = 'gorgias'

),

written as (

    select
        ticket_id,
        sender_id as actor_source_id,
        case
            when from_agent = 'false' then 'customer'
            when sender_id in (select bots.source_agent_id from bots) then 'bot'
            -- what a rule sends acknowledges and answers nothing
            when via = 'rule' or rule_id is not null then 'system'
            else 'agent'
        end as actor_type,
        case
            when public = 'false' then 'internal_note'
            when from_agent = 'false' then 'customer_reply'
            else 'public_reply'
        end as event_type,
        null::string as from_value,
        null::string as to_value,
        {{ to_utc('created_at') }} as occurred_at

    from messages

),

opened as (

    select
        id as ticket_id,
        case when from_agent = 'true' then assignee_id else customer_id end
            as actor_source_id,
        case when from_agent = 'true' then 'agent' else 'customer' end as actor_type,
        'opened' as event_type,
        null::string as from_value,
        'open' as to_value,
        {{ to_utc('created_at', var('gorgias_timezone')) }} as occurred_at

    from tickets

),

moved as (

    select
        object_id as ticket_id,
        user_id as actor_source_id,
        case when user_id is null then 'system' else 'agent' end as actor_type,
        case type
            when 'ticket-closed' then 'solved'
            when 'ticket-reopened' then 'reopened'
        end as event_type,
        null::string as from_value,
        case type
            when 'ticket-closed' then 'solved'
            when 'ticket-reopened' then 'open'
        end as to_value,
        {{ to_utc('created_at') }} as occurred_at

    from changes
    where
        coalesce(object_type, 'Ticket') = 'Ticket'
        and type in ('ticket-closed', 'ticket-reopened')

),

teamed as (

    select
        changes.object_id as ticket_id,
        changes.user_id as actor_source_id,
        case when changes.user_id is null then 'system' else 'agent' end as actor_type,
        'team_changed' as event_type,
        coalesce(
            teams.name, {{ json_text('changes.data', '$.assignee_team_id') }}
        ) as to_value,
        {{ to_utc('changes.created_at') }} as occurred_at,
        changes.id as change_id

    from changes
    left join teams
        on {{ json_text('changes.data', '$.assignee_team_id') }} = teams.id
    where changes.type = 'ticket-team-assigned'

),

handed as (

    select
        ticket_id,
        actor_source_id,
        actor_type,
        event_type,
        lag(to_value) over (
            partition by ticket_id order by occurred_at, change_id
        ) as from_value,
        to_value,
        occurred_at

    from teamed

),

unioned as (

    select * from opened
    union all
    select * from written
    union all
    select * from moved
    union all
    select * from handed

),

final as (

    select distinct
        -- keys
        ticket_id as contact_source_id,
        actor_source_id,

        -- attributes
        event_type,
        actor_type,
        from_value,
        to_value,

        -- timestamps
        occurred_at

    from unioned
    where ticket_id in (select written.ticket_id from written)

)

select * from final

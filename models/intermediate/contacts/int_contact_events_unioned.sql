with

zendesk_events as (

    select * from {{ ref('int_zendesk_events_exploded') }}

),

groups as (

    select * from {{ ref('stg_zendesk__groups') }}

),

stated_events as (

    select * from {{ ref('int_contact_events_stated') }}

),

aliases as (

    select * from {{ ref('agent_aliases') }}

),

zendesk as (

    select
        'zendesk:' || events.event_source_id as event_id,
        'zendesk:' || events.ticket_id as contact_id,
        'zendesk:' || events.actor_source_id as actor_id,
        events.actor_type,
        case
            when events.type = 'Comment' and not events.is_public then 'internal_note'
            when events.type = 'Comment' and events.actor_type = 'customer'
                then 'customer_reply'
            when events.type = 'Comment' then 'public_reply'
            when events.field = 'assignee_id' then 'assigned'
            when events.field = 'group_id' then 'team_changed'
            when events.field = 'status' and events.value = 'closed' then 'closed'
            when events.field = 'status' and events.value = 'solved' then 'solved'
            when
                events.field = 'status'
                and events.previous_value in ('solved', 'closed') then 'reopened'
            when events.field = 'status' and events.type = 'Create' then 'opened'
            when events.field = 'status' then 'status_changed'
        end as event_type,
        coalesce(from_groups.team, events.previous_value) as from_value,
        coalesce(to_groups.team, events.value) as to_value,
        events.occurred_at

    from zendesk_events as events
    left join groups as from_groups
        on
            events.previous_value = from_groups.group_id
            and events.field = 'group_id'
    left join groups as to_groups
        on events.value = to_groups.group_id and events.field = 'group_id'

),

stated as (

    select
        events.source_system || ':' || md5(concat_ws(
            '|',
            events.contact_source_id,
            events.occurred_at,
            events.event_type,
            coalesce(events.actor_source_id, ''),
            coalesce(events.from_value, ''),
            coalesce(events.to_value, '')
        )) as event_id,
        events.source_system || ':' || events.contact_source_id as contact_id,
        coalesce(aliases.agent_source_system, events.source_system) || ':'
        || coalesce(aliases.agent_source_id, events.actor_source_id) as actor_id,
        coalesce(events.actor_type, 'agent') as actor_type,
        events.event_type,
        events.from_value,
        events.to_value,
        events.occurred_at

    from stated_events as events
    left join aliases
        on
            events.source_system = aliases.source_system
            and events.actor_source_id = aliases.source_agent_id

),

unioned as (

    select * from zendesk
    union all
    select * from stated

),

final as (

    select
        -- keys
        event_id,
        contact_id,
        actor_id,

        -- attributes
        actor_type,
        event_type,
        from_value,
        to_value,

        -- timestamps
        occurred_at

    from unioned

)

select * from final

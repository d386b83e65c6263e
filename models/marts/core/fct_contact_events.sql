with

events as (

    select * from {{ ref('int_contact_events_unioned') }}

),

contacts as (

    select * from {{ ref('int_contacts_conformed') }}

),

final as (

    select
        -- keys
        events.event_id,
        events.contact_id,
        events.actor_id,

        -- attributes
        events.actor_type,
        events.event_type,
        events.from_value,
        events.to_value,

        -- dates and timestamps
        {{ local_date('events.occurred_at') }} as occurred_date,
        events.occurred_at

    from events
    inner join contacts on events.contact_id = contacts.contact_id

)

select * from final

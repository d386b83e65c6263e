{#-
    When contacts entered and left the backlog. A ticket's history is read as a state:
    solved or closed is out, anything after it is in again. Without one, a contact leaves
    when it was resolved, and one nobody took when it ended.
-#}

with

contacts as (

    select * from {{ ref('int_contacts_conformed') }}

),

events as (

    select * from {{ ref('int_contact_events_unioned') }}

),

statuses as (

    select
        events.contact_id,
        events.occurred_at,
        events.event_id,
        events.event_type in ('solved', 'closed') as is_done

    from events
    inner join contacts on events.contact_id = contacts.contact_id
    where
        events.event_type in (
            'opened', 'status_changed', 'solved', 'reopened', 'closed'
        )
        -- what an agent did before the customer wrote moved nobody's contact
        and contacts.opened_at <= events.occurred_at

),

changes as (

    select
        *,
        coalesce(
            lag(is_done) over (
                partition by contact_id
                order by occurred_at, event_id
            ),
            false
        ) as was_done,
        bool_or(is_done) over (partition by contact_id) as is_ever_done

    from statuses

),

known as (

    select distinct contact_id
    from changes
    where is_ever_done

),

moved as (

    select
        contact_id,
        'created' as movement,
        opened_at as moved_at

    from contacts
    union all
    select
        contact_id,
        'excluded' as movement,
        opened_at as moved_at

    from contacts
    where not is_countable
    union all
    select
        changes.contact_id,
        case when changes.is_done then 'solved' else 'reopened' end as movement,
        changes.occurred_at as moved_at

    from changes
    inner join contacts on changes.contact_id = contacts.contact_id
    where contacts.is_countable and changes.is_done != changes.was_done
    union all
    select
        contacts.contact_id,
        'solved' as movement,
        contacts.ended_at as moved_at

    from contacts
    left join known on contacts.contact_id = known.contact_id
    where
        contacts.is_countable
        and known.contact_id is null
        and (contacts.is_resolved or contacts.is_unattended)

),

final as (

    select
        -- keys
        contact_id,

        -- attributes
        movement,

        -- dates and timestamps
        {{ local_date('moved_at') }} as moved_date,
        moved_at

    from moved

)

select * from final

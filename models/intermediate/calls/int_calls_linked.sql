{#-
    Which contact a call belongs to: the ticket that carries its id, the contact it
    names, else the one phone ticket of the same customer that opened closest to it.
    A call and a ticket pair only when each is the other's closest.
-#}

with

calls as (

    select * from {{ ref('int_calls_unioned') }}

),

contacts as (

    select * from {{ ref('int_contacts_unioned') }}

),

identities as (

    select * from {{ ref('int_customer_identities_resolved') }}

),

named_links as (

    select
        calls.call_id,
        contacts.contact_id

    from calls
    inner join contacts on calls.source_id = contacts.call_source_id
    union all
    select
        calls.call_id,
        contacts.contact_id

    from calls
    inner join contacts
        on
            calls.source_system = contacts.source_system
            and calls.contact_source_id = contacts.source_id

),

by_id as (

    select
        call_id,
        min(contact_id) as contact_id

    from named_links
    group by all

),

open_calls as (

    select
        calls.call_id,
        identities.customer_id,
        calls.started_at,
        calls.ended_at

    from calls
    inner join identities on calls.identity_id = identities.identity_id
    left join by_id on calls.call_id = by_id.call_id
    where
        by_id.call_id is null
        and calls.outcome in ('answered', 'callback', 'voicemail')

),

open_contacts as (

    select
        contacts.contact_id,
        identities.customer_id,
        contacts.opened_at

    from contacts
    inner join identities on contacts.identity_id = identities.identity_id
    left join by_id on contacts.contact_id = by_id.contact_id
    where
        by_id.contact_id is null
        and contacts.channel = 'phone'
        and contacts.call_source_id is null

),

pairs as (

    select
        open_calls.call_id,
        open_contacts.contact_id,
        -- a ticket filed while the call lasts is no distance away
        greatest(
            {{ seconds_between('open_contacts.opened_at', 'open_calls.started_at') }},
            {{ seconds_between('open_calls.ended_at', 'open_contacts.opened_at') }},
            0
        ) as apart_seconds

    from open_calls
    inner join open_contacts
        on
            open_calls.customer_id = open_contacts.customer_id
            and open_contacts.opened_at
            >= open_calls.started_at
            - {{ var('call_ticket_link_minutes') }} * interval '1 minute'
            and open_contacts.opened_at
            <= open_calls.ended_at
            + {{ var('call_ticket_link_minutes') }} * interval '1 minute'

),

ranked as (

    select
        *,
        row_number() over (
            partition by call_id
            order by apart_seconds, contact_id
        ) as rank_for_call,
        row_number() over (
            partition by contact_id
            order by apart_seconds, call_id
        ) as rank_for_contact

    from pairs

),

final as (

    select
        call_id,
        contact_id,
        'id' as linked_by

    from by_id
    union all
    select
        call_id,
        contact_id,
        'customer_and_time' as linked_by

    from ranked
    where rank_for_call = 1 and rank_for_contact = 1

)

select * from final

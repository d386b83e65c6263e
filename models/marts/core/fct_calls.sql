with

calls as (

    select * from {{ ref('int_calls_attached') }}

),

contacts as (

    select * from {{ ref('int_contacts_conformed') }}

),

final as (

    select
        -- keys
        calls.call_id,
        calls.source_system,
        calls.source_id,
        calls.contact_id,
        contacts.customer_id,
        calls.agent_id,

        -- attributes
        calls.queue,
        calls.team,
        calls.direction,
        calls.outcome,
        coalesce(calls.contact_reason, contacts.contact_reason) as contact_reason,
        calls.linked_by,

        -- flags
        calls.is_answered,
        coalesce(calls.outcome = 'abandoned', false) as is_abandoned,
        calls.linked_by is not null as is_linked,
        calls.is_resolved,
        calls.is_resolution_assumed,

        -- measures
        calls.wait_seconds,
        calls.talk_seconds,
        calls.hold_seconds,
        calls.wrap_seconds,

        -- dates and timestamps
        {{ local_date('calls.started_at') }} as started_date,
        calls.started_at,
        calls.answered_at,
        calls.ended_at

    from calls
    inner join contacts on calls.contact_id = contacts.contact_id

)

select * from final

{#- Each call with the contact it is part of: the linked one, else the call itself. -#}

with

calls as (

    select * from {{ ref('int_calls_unioned') }}

),

links as (

    select * from {{ ref('int_calls_linked') }}

),

final as (

    select
        -- keys
        calls.call_id,
        calls.source_system,
        calls.source_id,
        coalesce(links.contact_id, calls.call_id) as contact_id,
        calls.identity_id,
        calls.agent_id,

        -- attributes
        calls.team,
        calls.stated_site,
        calls.queue,
        calls.direction,
        calls.outcome,
        calls.contact_reason,
        links.linked_by,

        -- flags
        calls.is_answered,
        calls.is_resolved,
        calls.is_resolution_assumed,

        -- measures
        calls.legs,
        calls.wait_seconds,
        calls.talk_seconds,
        calls.hold_seconds,
        calls.wrap_seconds,

        -- timestamps
        calls.started_at,
        calls.answered_at,
        calls.ended_at

    from calls
    left join links on calls.call_id = links.call_id

)

select * from final

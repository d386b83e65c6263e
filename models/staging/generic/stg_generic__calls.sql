{#- A call delivered again counts as the last file, by name, says. -#}

with

calls as (

    {{ newest('generic', 'calls', key='call_id', at='') }}

),

final as (

    select
        -- keys
        call_id as call_source_id,
        contact_id as contact_source_id,
        customer_id as customer_source_id,
        agent_id as agent_source_id,
        {{ phone_key('customer_phone') }} as phone_key,

        -- attributes
        queue,
        coalesce(lower(direction), 'inbound') as direction,
        outcome,
        team,
        site,
        reason as contact_reason,

        -- flags
        resolved::boolean as is_resolved,

        -- measures
        wait_seconds::bigint as wait_seconds,
        talk_seconds::bigint as talk_seconds,
        hold_seconds::bigint as hold_seconds,
        wrap_seconds::bigint as wrap_seconds,

        -- timestamps
        {{ to_utc('started_at', var('generic_timezone')) }} as started_at,
        {{ to_utc('answered_at', var('generic_timezone')) }} as answered_at,
        {{ to_utc('ended_at', var('generic_timezone')) }} as ended_at

    from calls

)

select * from final

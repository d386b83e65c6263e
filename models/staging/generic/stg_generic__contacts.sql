{#- A contact exported again counts as the last file, by name, says. -#}

with

contacts as (

    {{ newest('generic', 'contacts', key='contact_id', at='') }}

),

final as (

    select
        -- keys
        contact_id as contact_source_id,
        customer_id as customer_source_id,
        agent_id as agent_source_id,
        order_id as order_source_id,
        call_id as call_source_id,
        {{ email_key('customer_email') }} as email_key,
        {{ phone_key('customer_phone') }} as phone_key,

        -- attributes
        lower(channel) as channel,
        coalesce(lower(direction), 'inbound') as direction,
        lower(status) as status,
        team,
        site,
        tier,
        reason as contact_reason,
        product as product_category,
        priority,
        upper(currency) as currency,
        lower(exclusion_reason) as exclusion_reason,

        -- flags
        coalesce(escalated::boolean, false) as is_escalated,
        coalesce(handled_by_bot::boolean, false) as is_bot_handled,

        -- measures
        coalesce(reopened_count::bigint, 0) as reopens,
        coalesce(transferred_count::bigint, 0) as transfers,
        talk_seconds::bigint as talk_seconds,
        hold_seconds::bigint as hold_seconds,
        wrap_seconds::bigint as wrap_seconds,
        compensation_amount::decimal(18, 2) as compensation_amount,

        -- timestamps
        {{ to_utc('opened_at', var('generic_timezone')) }} as opened_at,
        {{ to_utc('first_response_at', var('generic_timezone')) }} as first_response_at,
        {{ to_utc('resolved_at', var('generic_timezone')) }} as resolved_at,
        {{ to_utc('closed_at', var('generic_timezone')) }} as closed_at

    from contacts

)

select * from final

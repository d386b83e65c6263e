{#- Chats, messages and e-mails: every conversation that is no call. -#}

with

conversations as (

    select * from {{ ref('stg_genesys__conversations') }}

),

final as (

    select
        -- keys
        conversation_id as contact_source_id,
        null::string as customer_source_id,
        agent_source_id,
        null::string as order_source_id,
        null::string as call_source_id,
        null::string as email_key,
        phone_key,

        -- attributes
        media_type as channel,
        direction,
        case
            when ended_at is null then 'open'
            when answered_at is null and is_abandoned then 'abandoned'
            else 'closed'
        end as status,
        null::string as team,
        null::string as site,
        null::string as tier,
        contact_reason,
        null::string as product_category,
        null::string as priority,
        null::string as currency,
        null::string as exclusion_reason,

        -- flags
        false as is_escalated,
        is_bot and not is_queued as is_bot_handled,

        -- measures
        0::bigint as reopens,
        coalesce(transfers, 0) as transfers,
        talk_seconds,
        hold_seconds,
        wrap_seconds,
        null::decimal(18, 2) as compensation_amount,

        -- timestamps
        started_at as opened_at,
        answered_at as first_response_at,
        null::timestamp as resolved_at,
        ended_at as closed_at

    from conversations
    where media_type != 'voice'

)

select * from final

with

conversations as (

    select * from {{ ref('stg_genesys__conversations') }}

),

final as (

    select
        -- keys
        conversation_id as call_source_id,
        null::string as contact_source_id,
        null::string as customer_source_id,
        agent_source_id,
        phone_key,

        -- attributes
        queue,
        direction,
        case
            when answered_at is not null or talk_seconds > 0 then 'answered'
            when direction = 'outbound' then null
            when is_voicemail then 'voicemail'
            when is_callback then 'callback'
            when is_abandoned then 'abandoned'
            when is_flowed_out then 'overflow'
            when not is_queued then 'ivr_exit'
        end as outcome,
        null::string as team,
        null::string as site,
        contact_reason,

        -- flags
        null::boolean as is_resolved,

        -- measures
        wait_seconds,
        talk_seconds,
        hold_seconds,
        wrap_seconds,

        -- timestamps
        started_at,
        answered_at,
        ended_at

    from conversations
    where media_type = 'voice'

)

select * from final

{#- A conversation exported while it lasted counts as it was when it had ended. -#}

with

sessions as (

    {{ newest(
        'genesys', 'sessions', key='conversation_id, session_id',
        at='(conversation_end is not null)::int'
    ) }}

),

final as (

    select
        -- keys
        session_id,
        conversation_id,
        user_id as agent_source_id,
        case
            when purpose in ('customer', 'external') then
                case
                    when lower(originating_direction) = 'outbound'
                        then {{ phone_key('dnis') }}
                    else {{ phone_key('ani') }}
                end
        end as phone_key,

        -- attributes
        lower(originating_direction) as direction,
        lower(purpose) as purpose,
        lower(media_type) as media_type,
        queue_id as queue,
        -- the agent let the time for it run out
        nullif(wrap_up_code, 'ININ-WRAP-UP-TIMEOUT') as wrap_up_code,

        -- measures: the API counts in milliseconds
        transferred::bigint as transfers,
        floor(answered_ms::bigint / 1000)::bigint as answered_after_seconds,
        floor(abandon_ms::bigint / 1000)::bigint as abandoned_after_seconds,
        floor(voicemail_ms::bigint / 1000)::bigint as voicemail_seconds,
        floor(flow_out_ms::bigint / 1000)::bigint as flowed_out_after_seconds,
        floor(talk_ms::bigint / 1000)::bigint as talk_seconds,
        floor(held_ms::bigint / 1000)::bigint as hold_seconds,
        floor(acw_ms::bigint / 1000)::bigint as wrap_seconds,

        -- timestamps
        {{ to_utc('conversation_start') }} as started_at,
        {{ to_utc('conversation_end') }} as ended_at,
        {{ to_utc('session_start') }} as session_started_at,
        {{ to_utc('answered_at') }} as answered_at

    from sessions

)

select * from final

{#-
    A conversation's sessions put together. The queue's own sessions (purpose acd) say
    how long who gave up had waited, the agents' after what wait they answered and how
    long they worked on it.
-#}

with

sessions as (

    select
        *,
        coalesce(
            answered_after_seconds, abandoned_after_seconds, flowed_out_after_seconds
        ) as waited_seconds

    from {{ ref('stg_genesys__sessions') }}

),

final as (

    select
        -- keys
        conversation_id,
        min_by(agent_source_id, (session_started_at, session_id)) filter (
            where purpose = 'agent' and talk_seconds is not null
        ) as agent_source_id,
        max(phone_key) as phone_key,

        -- attributes
        min(direction) as direction,
        min_by(media_type, (session_started_at, session_id)) filter (
            where media_type != 'callback'
        ) as media_type,
        min_by(queue, (session_started_at, session_id)) filter (
            where purpose = 'acd' and queue is not null
        ) as queue,
        max_by(wrap_up_code, (session_started_at, session_id)) filter (
            where purpose = 'agent' and wrap_up_code is not null
        ) as contact_reason,

        -- flags
        bool_or(purpose = 'acd') as is_queued,
        bool_or(media_type = 'callback') as is_callback,
        bool_or(purpose = 'voicemail' or voicemail_seconds is not null) as is_voicemail,
        bool_or(abandoned_after_seconds is not null) as is_abandoned,
        bool_or(flowed_out_after_seconds is not null) as is_flowed_out,
        bool_or(purpose in ('bot', 'botflow', 'workflow')) as is_bot,

        -- measures
        sum(transfers)::bigint as transfers,
        min_by(waited_seconds, (session_started_at, session_id)) filter (
            where purpose in ('acd', 'agent') and waited_seconds is not null
        ) as wait_seconds,
        sum(talk_seconds) filter (where purpose = 'agent')::bigint as talk_seconds,
        sum(hold_seconds) filter (where purpose = 'agent')::bigint as hold_seconds,
        sum(wrap_seconds) filter (where purpose = 'agent')::bigint as wrap_seconds,

        -- timestamps
        min(started_at) as started_at,
        min(answered_at) filter (
            where purpose in ('acd', 'agent')
        ) as answered_at,
        max(ended_at) as ended_at

    from sessions
    group by conversation_id

)

select * from final

{#-
    Calls that only the call detail records know. What the queue log holds too is left to
    it, which knows the queue: told by the call's id, or, where the records carry none,
    by the application that ran. A call that rang several phones has a record for each.
-#}

with

source as (

    select * from {{ source('asterisk', 'cdr') }}

),

queue_events as (

    select distinct call_source_id from {{ ref('stg_asterisk__queue_events') }}

),

records as (

    select distinct
        coalesce(
            uniqueid, md5(concat_ws('|', src, dst, channel, start_time))
        ) as call_source_id,
        uniqueid is not null as has_id,
        src,
        dst,
        regexp_replace(dstchannel, '-[0-9a-f]+$', '') as agent_source_id,
        lastapp,
        upper(disposition) as disposition,
        billsec::bigint as talk_seconds,
        {{ to_utc('start_time', var('asterisk_timezone')) }} as started_at,
        {{ to_utc('answer_time', var('asterisk_timezone')) }} as answered_at,
        {{ to_utc('end_time', var('asterisk_timezone')) }} as ended_at

    from source

),

queue_log as (

    select count(*) as calls from queue_events

),

others as (

    select
        records.call_source_id,
        records.src,
        records.dst,
        records.agent_source_id,
        records.lastapp,
        records.disposition,
        records.talk_seconds,
        records.started_at,
        records.answered_at,
        records.ended_at

    from records
    left join queue_events on records.call_source_id = queue_events.call_source_id
    cross join queue_log
    where
        queue_events.call_source_id is null
        and (
            records.has_id
            or coalesce(records.lastapp, '') != 'Queue'
            or queue_log.calls = 0
        )

),

assembled as (

    select
        call_source_id,
        min_by(src, (started_at, dst)) as caller,
        min_by(dst, (started_at, dst)) as dialled,
        min_by(agent_source_id, (answered_at, agent_source_id)) filter (
            where disposition = 'ANSWERED' and agent_source_id is not null
        ) as agent_source_id,
        max_by(lastapp, (started_at, dst)) as lastapp,
        max_by(disposition, (started_at, dst)) as disposition,
        bool_or(disposition = 'ANSWERED') as is_picked_up,
        max(talk_seconds) filter (
            where disposition = 'ANSWERED' and agent_source_id is not null
        ) as talk_seconds,
        min(started_at) as started_at,
        min(answered_at) filter (
            where disposition = 'ANSWERED' and agent_source_id is not null
        ) as answered_at,
        max(ended_at) as ended_at

    from others
    group by all

),

directed as (

    select
        *,
        case
            when
                length({{ digits('caller') }})
                between 1 and {{ var('asterisk_extension_digits') }}
                then 'outbound'
            else 'inbound'
        end as direction

    from assembled

),

final as (

    select
        -- keys
        call_source_id,
        null::string as contact_source_id,
        null::string as customer_source_id,
        agent_source_id,
        case
            when direction = 'inbound' then {{ phone_key('caller') }}
            else {{ phone_key('dialled') }}
        end as phone_key,

        -- attributes
        dialled as queue,
        direction,
        case
            when agent_source_id is not null then 'answered'
            when direction = 'outbound' then null
            -- Asterisk itself picked up: a mailbox, a menu
            when is_picked_up and lastapp = 'VoiceMail' then 'voicemail'
            when is_picked_up then 'ivr_exit'
            when disposition = 'NO ANSWER' then 'abandoned'
            when disposition in ('BUSY', 'FAILED', 'CONGESTION') then 'overflow'
            else lower(disposition)
        end as outcome,
        null::string as team,
        null::string as site,
        null::string as contact_reason,

        -- flags
        null::boolean as is_resolved,

        -- measures
        {{ seconds_between('started_at', 'coalesce(answered_at, ended_at)') }}
            as wait_seconds,
        talk_seconds,
        null::bigint as hold_seconds,
        null::bigint as wrap_seconds,

        -- timestamps
        started_at,
        answered_at,
        ended_at

    from directed

)

select * from final

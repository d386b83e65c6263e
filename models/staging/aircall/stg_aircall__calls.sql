{#-
    A call is delivered while it rings, talks and ends: the state that knows its end
    counts, of two alike the last file's.
-#}

with

source as (

    select * from {{ source('aircall', 'calls') }}

),

timed as (

    select
        id,
        contact_id,
        user_id,
        raw_digits,
        number_name,
        direction,
        voicemail,
        missed_call_reason,
        team_name,
        _file,
        _line,
        {{ epoch_to_utc('started_at') }} as call_started_at,
        {{ epoch_to_utc('answered_at') }} as call_answered_at,
        {{ epoch_to_utc('ended_at') }} as call_ended_at

    from source

),

ranked as (

    select
        *,
        row_number() over (
            partition by id
            order by
                (call_ended_at is not null)::int desc,
                call_answered_at desc nulls last,
                _file desc,
                _line desc
        ) as recency

    from timed

),

final as (

    select
        -- keys
        id as call_source_id,
        null::string as contact_source_id,
        contact_id as customer_source_id,
        user_id as agent_source_id,
        {{ phone_key('raw_digits') }} as phone_key,

        -- attributes
        number_name as queue,
        direction,
        case
            when call_answered_at is not null then 'answered'
            when direction = 'outbound' then null
            when voicemail is not null then 'voicemail'
            when missed_call_reason in ('abandoned_in_classic', 'short_abandoned')
                then 'abandoned'
            when
                missed_call_reason in (
                    'abandoned_in_ivr', 'abandonned_in_ivr', 'out_of_opening_hours'
                )
                then 'ivr_exit'
            when
                missed_call_reason in ('no_available_agent', 'agents_did_not_answer')
                then 'overflow'
            else missed_call_reason
        end as outcome,
        team_name as team,
        null::string as site,
        null::string as contact_reason,

        -- flags
        null::boolean as is_resolved,

        -- measures
        -- `duration` holds the ringing too
        {{ seconds_between(
            'call_started_at', 'coalesce(call_answered_at, call_ended_at)'
        ) }} as wait_seconds,
        {{ seconds_between('call_answered_at', 'call_ended_at') }} as talk_seconds,
        null::bigint as hold_seconds,
        null::bigint as wrap_seconds,

        -- timestamps
        call_started_at as started_at,
        call_answered_at as answered_at,
        call_ended_at as ended_at

    from ranked
    where recency = 1

)

select * from final

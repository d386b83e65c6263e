{#- Every leg of a call is a record; exported again it counts as updated last. -#}

with

calls as (

    {{ newest('twilio', 'calls', key='sid', at=to_utc('date_updated')) }}

),

final as (

    select
        -- keys
        sid as record_id,
        parent_call_sid as parent_record_id,
        coalesce(parent_call_sid, sid) as root_id,
        to_number as agent_source_id,
        -- a withheld number arrives as a word typed on a telephone's keys: ANONYMOUS,
        -- RESTRICTED, BLOCKED, UNKNOWN, UNAVAILABLE
        case
            when
                coalesce(from_number, '') not in (
                    '+266696687', '+7378742833', '+2562533', '+8656696', '+86282452253'
                )
                then {{ phone_key(
                    "case when direction like 'outbound%'"
                    " then to_number else from_number end"
                ) }}
        end as phone_key,

        -- attributes
        case when direction like 'outbound%' then 'outbound' else 'inbound' end
            as direction,
        status,

        -- measures
        duration::bigint as talk_seconds,

        -- timestamps
        {{ to_utc('start_time') }} as started_at,
        {{ to_utc('end_time') }} as ended_at

    from calls
    where start_time is not null

)

select * from final

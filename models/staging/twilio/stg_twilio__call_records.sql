{#- Every leg of a call is a record; exported again it counts as updated last. -#}

with

source as (

    select * from {{ source('twilio', 'calls') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by sid
            order by
                {{ to_utc('date_updated') }} desc nulls last,
                _file desc,
                _line desc
        ) as recency

    from source

),

final as (

    select
        -- keys
        sid as record_id,
        parent_call_sid as parent_record_id,
        coalesce(parent_call_sid, sid) as root_id,
        to_number as agent_source_id,
        {{ phone_key(
            "case when direction like 'outbound%' then to_number else from_number end"
        ) }} as phone_key,

        -- attributes
        case when direction like 'outbound%' then 'outbound' else 'inbound' end
            as direction,
        status,

        -- measures
        duration::bigint as talk_seconds,

        -- timestamps
        {{ to_utc('start_time') }} as started_at,
        {{ to_utc('end_time') }} as ended_at

    from ranked
    where recency = 1 and start_time is not null

)

select * from final

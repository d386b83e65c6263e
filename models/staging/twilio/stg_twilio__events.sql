{#- TaskRouter events; the same event in two exports is one. -#}

with

source as (

    select * from {{ source('twilio', 'events') }}

),

ranked as (

    select
        *,
        row_number() over (partition by sid order by _file desc, _line desc) as recency

    from source

),

final as (

    select
        -- keys
        sid as event_id,
        task_sid as task_id,
        call_sid as record_id,
        worker_sid as agent_source_id,

        -- attributes
        event_type,
        task_queue_name as queue,

        -- timestamps
        {{ to_utc('event_date') }} as occurred_at

    from ranked
    where recency = 1

)

select * from final

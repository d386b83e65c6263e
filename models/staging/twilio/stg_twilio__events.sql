{#- TaskRouter events; the same event in two exports is one. -#}

with

events as (

    {{ newest('twilio', 'events', key='sid', at='') }}

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

    from events

)

select * from final

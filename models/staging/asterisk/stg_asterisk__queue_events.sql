{#- Rotated logs overlap: a line that lands twice is one event. -#}

with

source as (

    select * from {{ source('asterisk', 'queue_log') }}

),

final as (

    select distinct
        -- keys
        callid as call_source_id,

        -- attributes
        queuename as queue,
        agent as agent_source_id,
        event,
        data1,
        data2,
        data3,

        -- timestamps
        {{ epoch_to_utc('time') }} as occurred_at

    from source

)

select * from final

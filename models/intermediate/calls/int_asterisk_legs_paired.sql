{#-
    Pairs each CONNECT of a call with the event that ends that agent's part of it. A
    call still talking when the log stops has a leg without end.
-#}

with

events as (

    select * from {{ ref('stg_asterisk__queue_events') }}

),

ordered as (

    select
        *,
        lead(event) over calls as next_event,
        lead(occurred_at) over calls as next_occurred_at

    from events
    where
        event in (
            'CONNECT', 'COMPLETEAGENT', 'COMPLETECALLER',
            'TRANSFER', 'BLINDTRANSFER', 'ATTENDEDTRANSFER'
        )

    window calls as (
        partition by call_source_id
        -- a transfer and the next connect can share a second: ends come first
        order by occurred_at, (event = 'CONNECT')::integer, event
    )

),

final as (

    select
        -- keys
        call_source_id,
        row_number() over (
            partition by call_source_id
            order by occurred_at, agent_source_id
        ) as leg_number,
        agent_source_id,
        queue,

        -- attributes
        case when next_event != 'CONNECT' then next_event end as end_event,

        -- measures
        coalesce(try_cast(data3 as bigint), 0) as ring_seconds,
        case
            when next_event != 'CONNECT'
                then {{ seconds_between('occurred_at', 'next_occurred_at') }}
        end as talk_seconds,

        -- timestamps
        occurred_at as connected_at,
        case when next_event != 'CONNECT' then next_occurred_at end as ended_at

    from ordered
    where event = 'CONNECT'

)

select * from final

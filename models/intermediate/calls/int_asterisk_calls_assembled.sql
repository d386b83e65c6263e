{#- One row per call that entered a queue, from the events the log holds of it. -#}

with

events as (

    select * from {{ ref('stg_asterisk__queue_events') }}

),

assembled as (

    select
        call_source_id,
        min_by(queue, (occurred_at, queue)) as queue,
        max(data2) filter (where event = 'ENTERQUEUE') as caller_phone,
        min(occurred_at) as started_at,
        min(occurred_at) filter (where event = 'CONNECT') as answered_at,
        max(occurred_at) as ended_at,
        count(*) filter (where event = 'ABANDON') as abandons,
        count(*) filter (where event = 'EXITWITHKEY') as key_exits,
        count(*) filter (
            where
            event in (
                'EXITWITHTIMEOUT', 'EXITEMPTY', 'LEAVEEMPTY', 'LEAVEUNAVAIL',
                'JOINEMPTY'
            )
        ) as overflows

    from events
    where
        event in (
            'ENTERQUEUE', 'CONNECT', 'COMPLETEAGENT', 'COMPLETECALLER', 'TRANSFER',
            'BLINDTRANSFER', 'ATTENDEDTRANSFER', 'ABANDON', 'EXITWITHKEY',
            'EXITWITHTIMEOUT', 'EXITEMPTY', 'LEAVEEMPTY', 'LEAVEUNAVAIL', 'JOINEMPTY'
        )
    group by all

),

final as (

    select
        -- keys
        call_source_id,
        {{ phone_key('caller_phone') }} as phone_key,

        -- attributes
        queue,
        case
            when answered_at is not null then 'answered'
            when abandons > 0 then 'abandoned'
            when key_exits > 0 then 'ivr_exit'
            when overflows > 0 then 'overflow'
        end as outcome,

        -- timestamps
        started_at,
        answered_at,
        ended_at

    from assembled

)

select * from final

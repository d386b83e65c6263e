{#-
    A call and the legs dialled for it are one call. Twilio itself answers every inbound
    call: an agent did where a leg was dialled and talked, or a TaskRouter reservation
    accepted. TaskRouter alone knows the queue, so both are read here.
-#}

with

records as (

    select * from {{ ref('stg_twilio__call_records') }}

),

events as (

    select * from {{ ref('stg_twilio__events') }}

),

callers as (

    select * from records
    where parent_record_id is null

),

legs as (

    select
        root_id,
        min(ended_at - talk_seconds * interval '1 second') filter (
            where talk_seconds > 0
        ) as answered_at,
        min_by(agent_source_id, (started_at, record_id)) filter (
            where talk_seconds > 0
        ) as agent_source_id,
        sum(talk_seconds) filter (where talk_seconds > 0)::bigint as talk_seconds

    from records
    where parent_record_id is not null
    group by all

),

-- a call's task is known by the task's attributes, which only some events repeat
tasks as (

    select
        task_id,
        max(record_id) as record_id,
        min_by(queue, (occurred_at, event_id)) filter (
            where queue is not null
        ) as queue,
        min(occurred_at) as queued_at,
        min(occurred_at) filter (where event_type = 'reservation.accepted')
            as answered_at,
        min_by(agent_source_id, (occurred_at, event_id)) filter (
            where event_type = 'reservation.accepted'
        ) as agent_source_id,
        min(occurred_at) filter (where event_type = 'reservation.wrapup') as wrapup_at,
        max(occurred_at) filter (
            where event_type in ('reservation.completed', 'task.completed')
        ) as completed_at,
        bool_or(event_type = 'workflow.timeout') as is_timed_out

    from events
    where task_id is not null
    group by all

),

routed as (

    select
        record_id,
        min_by(queue, (queued_at, task_id)) as queue,
        min(queued_at) as queued_at,
        min(answered_at) as answered_at,
        min_by(agent_source_id, (answered_at, task_id)) filter (
            where answered_at is not null
        ) as agent_source_id,
        sum({{ seconds_between('wrapup_at', 'completed_at') }})::bigint as wrap_seconds,
        bool_or(is_timed_out) as is_timed_out

    from tasks
    where record_id is not null
    group by all

),

joined as (

    select
        callers.*,
        routed.queue,
        routed.queued_at,
        routed.wrap_seconds,
        coalesce(routed.is_timed_out, false) as is_timed_out,
        legs.root_id is not null or routed.record_id is not null as is_routed,
        case
            when callers.direction = 'inbound'
                then coalesce(routed.answered_at, legs.answered_at)
            when callers.talk_seconds > 0
                then callers.ended_at - callers.talk_seconds * interval '1 second'
        end as answered_at,
        coalesce(routed.agent_source_id, legs.agent_source_id) as answering_agent_id,
        coalesce(
            {{ seconds_between('routed.answered_at', 'callers.ended_at') }},
            legs.talk_seconds,
            case
                when callers.direction = 'outbound'
                    then nullif(callers.talk_seconds, 0)
            end
        ) as agent_talk_seconds

    from callers
    left join legs on callers.record_id = legs.root_id
    left join routed on callers.record_id = routed.record_id

),

final as (

    select
        -- keys
        record_id as call_source_id,
        null::string as contact_source_id,
        null::string as customer_source_id,
        answering_agent_id as agent_source_id,
        phone_key,

        -- attributes
        queue,
        direction,
        case
            when answered_at is not null then 'answered'
            when direction = 'outbound' then null
            -- under way, or lost on the way: nobody gave up
            when status in ('queued', 'ringing', 'in-progress', 'failed') then null
            when is_timed_out then 'overflow'
            when is_routed or status != 'completed' then 'abandoned'
            else 'ivr_exit'
        end as outcome,
        null::string as team,
        null::string as site,
        null::string as contact_reason,

        -- flags
        null::boolean as is_resolved,

        -- measures
        {{ seconds_between(
            'coalesce(queued_at, started_at)', 'coalesce(answered_at, ended_at)'
        ) }} as wait_seconds,
        agent_talk_seconds as talk_seconds,
        null::bigint as hold_seconds,
        wrap_seconds,

        -- timestamps
        started_at,
        answered_at,
        ended_at

    from joined

)

select * from final

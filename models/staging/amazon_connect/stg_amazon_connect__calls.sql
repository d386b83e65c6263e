{#-
    One call per chain of transfers: a record for each agent would make a transferred
    customer look like one who called again.
-#}

with

records as (

    select * from {{ ref('stg_amazon_connect__contact_records') }}

),

callbacks as (

    select distinct initial_record_id as root_id
    from records
    where initiation_method = 'CALLBACK'

),

assembled as (

    select
        root_id,
        min_by(agent_source_id, (answered_at, record_id)) filter (
            where answered_at is not null
        ) as agent_source_id,
        min_by(phone_key, (started_at, record_id)) as phone_key,
        min_by(queue, (enqueued_at, record_id)) filter (
            where enqueued_at is not null
        ) as queue,
        min_by(initiation_method, (started_at, record_id)) as initiation_method,
        max_by(disconnect_reason, (started_at, record_id)) as disconnect_reason,
        max(contact_reason) as contact_reason,
        sum(talk_seconds)::bigint as talk_seconds,
        sum(hold_seconds)::bigint as hold_seconds,
        sum(wrap_seconds)::bigint as wrap_seconds,
        min(started_at) as started_at,
        min(enqueued_at) as enqueued_at,
        max(dequeued_at) as dequeued_at,
        min(answered_at) as answered_at,
        max(ended_at) as ended_at

    from records
    where
        channel = 'voice'
        and initiation_method not in ('MONITOR', 'EXTERNAL_OUTBOUND')
    group by all

),

final as (

    select
        -- keys
        assembled.root_id as call_source_id,
        null::string as contact_source_id,
        null::string as customer_source_id,
        assembled.agent_source_id,
        assembled.phone_key,

        -- attributes
        assembled.queue,
        case
            when assembled.initiation_method in ('OUTBOUND', 'CALLBACK', 'API')
                then 'outbound'
            else 'inbound'
        end as direction,
        case
            when assembled.answered_at is not null then 'answered'
            when assembled.initiation_method in ('OUTBOUND', 'CALLBACK', 'API')
                then null
            when callbacks.root_id is not null then 'callback'
            when assembled.enqueued_at is null then 'ivr_exit'
            -- lost on the way: nobody gave up
            when assembled.disconnect_reason = 'TELECOM_PROBLEM' then null
            when assembled.disconnect_reason = 'CONTACT_FLOW_DISCONNECT' then 'overflow'
            else 'abandoned'
        end as outcome,
        null::string as team,
        null::string as site,
        assembled.contact_reason,

        -- flags
        null::boolean as is_resolved,

        -- measures
        {{ seconds_between(
            'assembled.enqueued_at',
            'coalesce(assembled.answered_at, assembled.dequeued_at, assembled.ended_at)'
        ) }} as wait_seconds,
        assembled.talk_seconds,
        assembled.hold_seconds,
        assembled.wrap_seconds,

        -- timestamps
        assembled.started_at,
        assembled.answered_at,
        assembled.ended_at

    from assembled
    left join callbacks on assembled.root_id = callbacks.root_id

)

select * from final

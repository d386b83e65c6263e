{#- What is not a call: chats, e-mails, and tasks, which no customer opened. -#}

with

records as (

    select * from {{ ref('stg_amazon_connect__contact_records') }}

),

assembled as (

    select
        root_id,
        min_by(channel, (started_at, record_id)) as channel,
        min_by(initiation_method, (started_at, record_id)) as initiation_method,
        min_by(agent_source_id, (answered_at, record_id)) filter (
            where answered_at is not null
        ) as agent_source_id,
        min_by(phone_key, (started_at, record_id)) as phone_key,
        max(contact_reason) as contact_reason,
        count(*) filter (where initiation_method = 'TRANSFER') as transfers,
        sum(talk_seconds)::bigint as talk_seconds,
        sum(hold_seconds)::bigint as hold_seconds,
        sum(wrap_seconds)::bigint as wrap_seconds,
        min(started_at) as started_at,
        min(enqueued_at) as enqueued_at,
        min(answered_at) as answered_at,
        max(ended_at) as ended_at

    from records
    where channel != 'voice' and initiation_method != 'MONITOR'
    group by all

),

final as (

    select
        -- keys
        root_id as contact_source_id,
        null::string as customer_source_id,
        agent_source_id,
        null::string as order_source_id,
        null::string as call_source_id,
        null::string as email_key,
        phone_key,

        -- attributes
        channel,
        case
            when initiation_method in ('OUTBOUND', 'AGENT_REPLY') then 'outbound'
            else 'inbound'
        end as direction,
        case
            when ended_at is null then 'open'
            when answered_at is null and enqueued_at is not null then 'abandoned'
            else 'closed'
        end as status,
        null::string as team,
        null::string as site,
        null::string as tier,
        contact_reason,
        null::string as product_category,
        null::string as priority,
        null::string as currency,
        case when channel = 'task' then 'internal' end as exclusion_reason,

        -- flags
        false as is_escalated,
        channel = 'chat'
        and answered_at is null
        and enqueued_at is null as is_bot_handled,

        -- measures
        0::bigint as reopens,
        transfers,
        talk_seconds,
        hold_seconds,
        wrap_seconds,
        null::decimal(18, 2) as compensation_amount,

        -- timestamps
        started_at as opened_at,
        case when channel = 'chat' then answered_at end as first_response_at,
        null::timestamp as resolved_at,
        ended_at as closed_at

    from assembled

)

select * from final

{#-
    A contact starts with the customer's first message and stands where the last one does.
    What only we wrote is outbound.
-#}

with

mentions as (

    select * from {{ ref('stg_social__mentions') }}

),

started as (

    select
        *,
        row_number() over (
            partition by contact_source_id
            order by is_own, published_at, mention_source_id
        ) as message_number,
        min(published_at) filter (where not is_own) over (
            partition by contact_source_id
        ) as asked_at

    from mentions

),

latest as (

    select
        contact_source_id,
        max_by(status, (published_at, mention_source_id)) filter (
            where status is not null
        ) as status,
        max_by(agent_source_id, (published_at, mention_source_id)) filter (
            where agent_source_id is not null
        ) as agent_source_id,
        max_by(team, (published_at, mention_source_id)) filter (
            where team is not null
        ) as team,
        min(
            case when is_own and published_at >= asked_at then published_at end
        ) as own_reply_at,
        min(replied_at) as replied_at,
        max(closed_at) as closed_at

    from started
    group by all

),

final as (

    select
        -- keys
        started.contact_source_id,
        case when not started.is_own then started.author_source_id end
            as customer_source_id,
        latest.agent_source_id,
        null::string as order_source_id,
        null::string as call_source_id,
        null::string as email_key,
        null::string as phone_key,

        -- attributes
        started.channel,
        case when started.is_own then 'outbound' else 'inbound' end as direction,
        latest.status,
        latest.team,
        null::string as site,
        null::string as tier,
        started.contact_reason,
        null::string as product_category,
        started.priority,
        null::string as currency,
        started.exclusion_reason,

        -- flags
        false as is_escalated,
        false as is_bot_handled,

        -- measures
        0::bigint as reopens,
        0::bigint as transfers,
        null::bigint as talk_seconds,
        null::bigint as hold_seconds,
        null::bigint as wrap_seconds,
        null::decimal(18, 2) as compensation_amount,

        -- timestamps
        started.published_at as opened_at,
        coalesce(latest.own_reply_at, latest.replied_at) as first_response_at,
        latest.closed_at as resolved_at,
        null::timestamp as closed_at

    from started
    inner join latest on started.contact_source_id = latest.contact_source_id
    where started.message_number = 1

)

select * from final

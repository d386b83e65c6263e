{#-
    The CSV export knows a ticket's figures and no history, so it states contacts as other
    helpdesks do. What the API gave as well counts as the API has it.
-#}

with

exports as (

    {{ newest(
        'zendesk', 'ticket_exports', at=to_utc('updated_at', var('zendesk_timezone'))
    ) }}

),

tickets as (

    select * from {{ ref('stg_zendesk__tickets') }}

),

tag_reasons as (

    {{ ticket_tag_reasons('exports') }}

),

final as (

    select
        -- keys
        exports.id as contact_source_id,
        exports.requester_id as customer_source_id,
        exports.assignee as agent_source_id,
        null::string as order_source_id,
        null::string as call_source_id,
        {{ email_key('exports.requester_email') }} as email_key,
        null::string as phone_key,

        -- attributes
        lower(exports.via) as channel,
        'inbound' as direction,
        case lower(exports.status)
            when 'on-hold' then 'hold'
            else lower(exports.status)
        end as status,
        exports.group_name as team,
        null::string as site,
        null::string as tier,
        null::string as contact_reason,
        null::string as product_category,
        lower(exports.priority) as priority,
        null::string as currency,
        case
            when lower(exports.status) = 'deleted' then 'deleted'
            else tag_reasons.exclusion_reason
        end as exclusion_reason,

        -- flags
        false as is_escalated,
        false as is_bot_handled,

        -- measures
        coalesce(exports.reopens::bigint, 0) as reopens,
        -- the first group is where the ticket came in
        greatest(coalesce(exports.group_stations::bigint, 0) - 1, 0) as transfers,
        null::bigint as talk_seconds,
        null::bigint as hold_seconds,
        null::bigint as wrap_seconds,
        null::decimal(18, 2) as compensation_amount,

        -- timestamps
        {{ to_utc('exports.created_at', var('zendesk_timezone')) }} as opened_at,
        {{ to_utc('exports.created_at', var('zendesk_timezone')) }}
        + (exports.first_reply_time_in_minutes::decimal(18, 2) * 60)::bigint
        * interval '1 second' as first_response_at,
        case
            when lower(exports.status) in ('solved', 'closed')
                then {{ to_utc(
                    'coalesce(exports.solved_at, exports.updated_at)',
                    var('zendesk_timezone')
                ) }}
        end as resolved_at,
        case
            when lower(exports.status) = 'closed'
                then {{ to_utc('exports.updated_at', var('zendesk_timezone')) }}
        end as closed_at

    from exports
    left join tag_reasons on exports.id = tag_reasons.id
    where exports.id not in (select tickets.ticket_id from tickets)

)

select * from final

{#- The newest state of each ticket, and when the customer first wrote in it. -#}

with

tickets as (

    {{ newest(
        'gorgias', 'tickets', at=to_utc('updated_at', var('gorgias_timezone'))
    ) }}

),

messages as (

    {{ newest('gorgias', 'messages') }}

),

customers as (

    {{ newest('gorgias', 'customers') }}

),

statuses as (

    select * from {{ ref('status_aliases') }}

),

tag_reasons as (

    {{ ticket_tag_reasons('tickets') }}

),

asked as (

    select
        ticket_id,
        min({{ to_utc('created_at') }}) as asked_at

    from messages
    where from_agent = 'false' and public = 'true'
    group by all

),

described as (

    select
        tickets.*,
        -- the CSV export may tell the closing and no status
        {{ status_but_missed('tickets.tags', "coalesce(
                statuses.status,
                lower(tickets.status),
                case when tickets.closed_at is null then 'open' else 'solved' end
            )") }} as known_status,
        coalesce(tickets.from_agent = 'true', false) as is_agent_opened,
        asked.asked_at,
        {{ to_utc('tickets.created_at', var('gorgias_timezone')) }} as made_at

    from tickets
    left join statuses
        on
            lower(tickets.status) = statuses.source_status
            and statuses.source_system = 'gorgias'
    left join asked on tickets.id = asked.ticket_id

),

final as (

    select
        -- keys
        tickets.id as contact_source_id,
        tickets.customer_id as customer_source_id,
        coalesce(
            tickets.assignee_id, {{ email_key('tickets.assignee_email') }}
        ) as agent_source_id,
        {{ own_field('gorgias', 'tickets.custom_fields', 'order_id') }}
            as order_source_id,
        {{ own_field('gorgias', 'tickets.custom_fields', 'call_id') }}
            as call_source_id,
        {{ email_key('coalesce(tickets.customer_email, customers.email)') }}
            as email_key,
        {{ phone_key('customers.phone') }} as phone_key,

        -- attributes
        lower(tickets.channel) as channel,
        -- what an agent opened is outbound until the customer writes
        case
            when
                tickets.is_agent_opened
                and coalesce(
                    tickets.asked_at, {{ to_utc('tickets.last_received_at') }}
                ) is null
                then 'outbound'
            else 'inbound'
        end as direction,
        tickets.known_status as status,
        tickets.team,
        null::string as site,
        null::string as tier,
        {{ own_field('gorgias', 'tickets.custom_fields', 'reason') }}
            as contact_reason,
        null::string as product_category,
        case lower(tickets.priority)
            when 'critical' then 'urgent'
            else lower(tickets.priority)
        end as priority,
        null::string as currency,
        case
            when tickets.trashed_at is not null then 'deleted'
            when tickets.spam = 'true' then 'spam'
            when tag_reasons.exclusion_reason is not null
                then tag_reasons.exclusion_reason
            when lower(tickets.channel) = 'internal-note' then 'internal'
        end as exclusion_reason,

        -- flags
        false as is_escalated,
        false as is_bot_handled,

        -- measures
        0::bigint as reopens,
        0::bigint as transfers,
        null::bigint as talk_seconds,
        null::bigint as hold_seconds,
        {{ own_field('gorgias', 'tickets.custom_fields', 'handle_seconds') }}
        ::bigint as wrap_seconds,
        {{ own_field('gorgias', 'tickets.custom_fields', 'compensation') }}
        ::decimal(18, 2) as compensation_amount,

        -- timestamps
        case
            when tickets.is_agent_opened
                then coalesce(tickets.asked_at, tickets.made_at)
            else tickets.made_at
        end as opened_at,
        tickets.made_at
        + floor(tickets.first_response_seconds::decimal(18, 2))::bigint
        * interval '1 second' as first_response_at,
        case
            when tickets.known_status in ('solved', 'closed')
                then {{ to_utc(
                    'coalesce(tickets.closed_at, tickets.updated_at)',
                    var('gorgias_timezone')
                ) }}
        end as resolved_at,
        case
            when tickets.known_status = 'abandoned'
                then {{ to_utc(
                    'coalesce(tickets.closed_at, tickets.updated_at)',
                    var('gorgias_timezone')
                ) }}
        end as closed_at

    from described as tickets
    left join customers on tickets.customer_id = customers.id
    left join tag_reasons on tickets.id = tag_reasons.id

)

select * from final

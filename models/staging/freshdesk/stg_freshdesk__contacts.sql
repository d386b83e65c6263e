{#-
    The newest state of each ticket. Who asked, which team and how long somebody worked
    on it are exported apart, so they are joined here.
-#}

with

tickets as (

    {{ newest(
        'freshdesk', 'tickets', at=to_utc('updated_at', var('freshdesk_timezone'))
    ) }}

),

requesters as (

    {{ newest('freshdesk', 'contacts') }}

),

agents as (

    {{ newest('freshdesk', 'agents') }}

),

groups as (

    {{ newest('freshdesk', 'groups') }}

),

time_entries as (

    {{ newest('freshdesk', 'time_entries') }}

),

conversations as (

    {{ newest('freshdesk', 'conversations') }}

),

statuses as (

    select * from {{ ref('status_aliases') }}

),

tag_reasons as (

    {{ ticket_tag_reasons('tickets') }}

),

worked as (

    select
        ticket_id,
        sum(
            coalesce(
                time_spent_in_seconds::bigint,
                split_part(time_spent, ':', 1)::bigint * 3600
                + split_part(time_spent, ':', 2)::bigint * 60,
                (timespent::decimal(18, 2) * 3600)::bigint
            )
        )::bigint as worked_seconds

    from time_entries
    group by all

),

asked as (

    select
        ticket_id,
        min({{ to_utc('created_at') }}) as asked_at

    from conversations
    where incoming = 'true'
    group by all

),

described as (

    select
        tickets.*,
        {{ status_but_missed(
            'tickets.tags', 'coalesce(statuses.status, lower(tickets.status))'
        ) }} as known_status,
        lower(tickets.source) in ('10', 'outbound email') as is_agent_opened,
        {{ to_utc('tickets.created_at', var('freshdesk_timezone')) }} as made_at,
        {{ to_utc('tickets.updated_at', var('freshdesk_timezone')) }} as changed_at

    from tickets
    left join statuses
        on
            lower(tickets.status) = statuses.source_status
            and statuses.source_system = 'freshdesk'

),

final as (

    select
        -- keys
        tickets.id as contact_source_id,
        tickets.requester_id as customer_source_id,
        coalesce(tickets.responder_id, tickets.responder) as agent_source_id,
        {{ own_field('freshdesk', 'tickets.custom_fields', 'order_id') }}
            as order_source_id,
        {{ own_field('freshdesk', 'tickets.custom_fields', 'call_id') }}
            as call_source_id,
        {{ email_key('coalesce(tickets.requester_email, requesters.email)') }}
            as email_key,
        {{ phone_key(
            'coalesce(tickets.requester_phone, requesters.phone, requesters.mobile)'
        ) }} as phone_key,

        -- attributes
        lower(tickets.source) as channel,
        -- a ticket that an agent opened is outbound until the customer writes
        case
            when tickets.is_agent_opened and asked.asked_at is null then 'outbound'
            else 'inbound'
        end as direction,
        tickets.known_status as status,
        coalesce(groups.name, tickets.group_name, tickets.group_id) as team,
        null::string as site,
        null::string as tier,
        coalesce(
            {{ own_field('freshdesk', 'tickets.custom_fields', 'reason') }},
            tickets.type
        ) as contact_reason,
        coalesce(tickets.product, tickets.product_id) as product_category,
        case lower(tickets.priority)
            when '1' then 'low'
            when '2' then 'normal'
            when 'medium' then 'normal'
            when '3' then 'high'
            when '4' then 'urgent'
            else lower(tickets.priority)
        end as priority,
        null::string as currency,
        case
            when tickets.deleted = 'true' then 'deleted'
            when tickets.spam = 'true' then 'spam'
            when tag_reasons.exclusion_reason is not null
                then tag_reasons.exclusion_reason
            when agents.id is not null then 'internal'
        end as exclusion_reason,

        -- flags
        -- Freshdesk calls a ticket escalated that is past its due time: nobody moved it
        false as is_escalated,
        false as is_bot_handled,

        -- measures
        (tickets.reopened_at is not null)::bigint as reopens,
        0::bigint as transfers,
        null::bigint as talk_seconds,
        null::bigint as hold_seconds,
        coalesce(
            worked.worked_seconds,
            {{ own_field('freshdesk', 'tickets.custom_fields', 'handle_seconds') }}
            ::bigint,
            nullif(
                split_part(tickets.time_tracked, ':', 1)::bigint * 3600
                + split_part(tickets.time_tracked, ':', 2)::bigint * 60,
                0
            )
        ) as wrap_seconds,
        {{ own_field('freshdesk', 'tickets.custom_fields', 'compensation') }}
        ::decimal(18, 2) as compensation_amount,

        -- timestamps
        case
            when tickets.is_agent_opened then coalesce(asked.asked_at, tickets.made_at)
            else tickets.made_at
        end as opened_at,
        {{ to_utc('tickets.first_responded_at', var('freshdesk_timezone')) }}
            as first_response_at,
        -- exported without its times, a solved ticket ended at its last change
        case
            when tickets.known_status in ('solved', 'closed')
                then coalesce(
                    {{ to_utc('tickets.resolved_at', var('freshdesk_timezone')) }},
                    {{ to_utc('tickets.closed_at', var('freshdesk_timezone')) }},
                    tickets.changed_at
                )
        end as resolved_at,
        case
            when tickets.known_status = 'closed'
                then coalesce(
                    {{ to_utc('tickets.closed_at', var('freshdesk_timezone')) }},
                    tickets.changed_at
                )
            -- nobody took it: it ended when it was put away
            when tickets.known_status = 'abandoned'
                then coalesce(
                    {{ to_utc('tickets.resolved_at', var('freshdesk_timezone')) }},
                    tickets.changed_at
                )
        end as closed_at

    from described as tickets
    left join requesters on tickets.requester_id = requesters.id
    left join agents on tickets.requester_id = agents.id
    left join groups on tickets.group_id = groups.id
    left join worked on tickets.id = worked.ticket_id
    left join asked on tickets.id = asked.ticket_id
    left join tag_reasons on tickets.id = tag_reasons.id

)

select * from final

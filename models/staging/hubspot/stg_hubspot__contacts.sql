{#-
    The newest state of each ticket. A stage means what seed status_aliases says, else
    open or closed as its pipeline has it; who asked and whose team it is stand apart.
-#}

with

tickets as (

    {{ newest(
        'hubspot', 'tickets', at=to_utc('updated_at', var('hubspot_timezone'))
    ) }}

),

stages as (

    {{ newest('hubspot', 'pipeline_stages') }}

),

people as (

    {{ newest(
        'hubspot', 'contacts', at=to_utc('updated_at', var('hubspot_timezone'))
    ) }}

),

owners as (

    {{ newest('hubspot', 'owners') }}

),

exclusion_tags as (

    select * from {{ ref('exclusion_tags') }}

),

statuses as (

    select * from {{ ref('status_aliases') }}

),

described as (

    select
        tickets.*,
        coalesce(
            statuses.status, lower(stages.ticket_state), lower(tickets.stage)
        ) as known_status,
        {{ to_utc('tickets.created_at', var('hubspot_timezone')) }} as made_at,
        {{ to_utc(
            'coalesce(tickets.closed_at, tickets.updated_at)', var('hubspot_timezone')
        ) }} as ended_at

    from tickets
    left join stages on tickets.stage = stages.id
    left join statuses
        on
            lower(tickets.stage) = statuses.source_status
            and statuses.source_system = 'hubspot'

),

final as (

    select
        -- keys
        tickets.id as contact_source_id,
        tickets.contact_ids as customer_source_id,
        {{ agent_key('tickets.owner') }} as agent_source_id,
        {{ own_field('hubspot', 'tickets.properties', 'order_id') }}
            as order_source_id,
        {{ own_field('hubspot', 'tickets.properties', 'call_id') }}
            as call_source_id,
        {{ email_key('coalesce(tickets.contact_email, people.email)') }} as email_key,
        {{ phone_key('coalesce(people.phone, people.mobile)') }} as phone_key,

        -- attributes
        lower(tickets.source) as channel,
        'inbound' as direction,
        tickets.known_status as status,
        coalesce(owners.team, tickets.team) as team,
        null::string as site,
        null::string as tier,
        coalesce(
            {{ own_field('hubspot', 'tickets.properties', 'reason') }},
            case when exclusion_tags.tag is null then tickets.category end
        ) as contact_reason,
        null::string as product_category,
        case lower(tickets.priority)
            when 'medium' then 'normal'
            else lower(tickets.priority)
        end as priority,
        null::string as currency,
        case
            when tickets.archived = 'true' then 'deleted'
            -- tickets are exported without tags: their category may be one
            else exclusion_tags.exclusion_reason
        end as exclusion_reason,

        -- flags
        false as is_escalated,
        false as is_bot_handled,

        -- measures
        0::bigint as reopens,
        0::bigint as transfers,
        null::bigint as talk_seconds,
        null::bigint as hold_seconds,
        {{ own_field('hubspot', 'tickets.properties', 'handle_seconds') }}
        ::bigint as wrap_seconds,
        {{ own_field('hubspot', 'tickets.properties', 'compensation') }}
        ::decimal(18, 2) as compensation_amount,

        -- timestamps
        tickets.made_at as opened_at,
        {{ to_utc('tickets.first_replied_at', var('hubspot_timezone')) }}
            as first_response_at,
        case
            when tickets.known_status in ('solved', 'closed') then tickets.ended_at
        end as resolved_at,
        case
            when tickets.known_status in ('closed', 'abandoned') then tickets.ended_at
        end as closed_at

    from described as tickets
    left join people on tickets.contact_ids = people.id
    left join owners on tickets.owner = owners.id
    left join exclusion_tags on lower(tickets.category) = exclusion_tags.tag

)

select * from final

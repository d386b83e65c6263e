{#- Tickets and generic contacts in one shape; calls join in int_contacts_conformed. -#}

with

tickets as (

    select * from {{ ref('stg_zendesk__tickets') }}

),

classified as (

    select * from {{ ref('int_zendesk_tickets_classified') }}

),

users as (

    select * from {{ ref('stg_zendesk__users') }}

),

groups as (

    select * from {{ ref('stg_zendesk__groups') }}

),

generic_contacts as (

    select * from {{ ref('stg_generic__contacts') }}

),

channels as (

    select * from {{ ref('channel_aliases') }}

),

summaries as (

    select * from {{ ref('int_contact_events_summarised') }}

),

rates as (

    select * from {{ ref('currency_rates') }}

),

zendesk as (

    select
        'zendesk' as source_system,
        tickets.ticket_id as source_id,
        tickets.requester_id as customer_source_id,
        users.email_key,
        users.phone_key,
        'zendesk:' || tickets.assignee_id as agent_id,
        tickets.call_source_id,
        tickets.order_source_id,
        classified.channel,
        tickets.contact_reason,
        coalesce(groups.team, tickets.group_id) as team,
        'inbound' as direction,
        tickets.status,
        classified.exclusion_reason,
        tickets.status in ('solved', 'closed') as is_resolved,
        false as is_resolution_assumed,
        false as is_escalated,
        false as is_bot_handled,
        tickets.handle_seconds,
        0 as reopens,
        0 as transfers,
        tickets.compensation_amount,
        null as currency,
        classified.opened_at,
        null::timestamp as first_response_at,
        -- without its history a solved ticket ended at its last change
        case
            when tickets.status in ('solved', 'closed') then tickets.updated_at
        end as resolved_at,
        case when tickets.status = 'closed' then tickets.updated_at end as closed_at

    from tickets
    inner join classified on tickets.ticket_id = classified.ticket_id
    left join users on tickets.requester_id = users.user_id
    left join groups on tickets.group_id = groups.group_id

),

generic_known as (

    select
        *,
        -- a system that flags no contact at all as resolved has no such flag
        bool_or(
            status is not null or resolved_at is not null or closed_at is not null
        ) over () as is_resolution_known

    from generic_contacts

),

generic as (

    select
        'generic' as source_system,
        contacts.contact_source_id as source_id,
        contacts.customer_source_id,
        contacts.email_key,
        contacts.phone_key,
        'generic:' || contacts.agent_source_id as agent_id,
        contacts.call_source_id,
        contacts.order_source_id,
        coalesce(channels.channel, 'other') as channel,
        contacts.contact_reason,
        contacts.team,
        contacts.direction,
        contacts.status,
        case
            when contacts.exclusion_reason is not null then contacts.exclusion_reason
            when contacts.direction = 'outbound' then 'outbound'
        end as exclusion_reason,
        case
            when not contacts.is_resolution_known
                then
                    contacts.first_response_at is not null
                    or coalesce(contacts.talk_seconds, 0) > 0
            when contacts.status is not null
                then contacts.status in ('solved', 'closed', 'resolved')
            else contacts.resolved_at is not null or contacts.closed_at is not null
        end as is_resolved,
        not contacts.is_resolution_known as is_resolution_assumed,
        contacts.is_escalated,
        contacts.is_bot_handled,
        case
            when
                coalesce(
                    contacts.talk_seconds, contacts.hold_seconds, contacts.wrap_seconds
                ) is not null
                then
                    coalesce(contacts.talk_seconds, 0)
                    + coalesce(contacts.hold_seconds, 0)
                    + coalesce(contacts.wrap_seconds, 0)
        end as handle_seconds,
        contacts.reopens,
        contacts.transfers,
        contacts.compensation_amount,
        contacts.currency,
        contacts.opened_at,
        contacts.first_response_at,
        coalesce(contacts.resolved_at, contacts.closed_at) as resolved_at,
        contacts.closed_at

    from generic_known as contacts
    left join channels
        on
            contacts.channel = channels.source_channel
            and channels.source_system = 'generic'

),

unioned as (

    select * from zendesk
    union all
    select * from generic

),

final as (

    select
        -- keys
        unioned.source_system || ':' || unioned.source_id as contact_id,
        unioned.source_system,
        unioned.source_id,
        {{ identity_id(
            'unioned.source_system', 'unioned.customer_source_id',
            'unioned.email_key', 'unioned.phone_key'
        ) }} as identity_id,
        unioned.customer_source_id,
        unioned.email_key,
        unioned.phone_key,
        coalesce(summaries.first_agent_id, unioned.agent_id) as agent_id,
        unioned.call_source_id,
        unioned.order_source_id,

        -- attributes
        unioned.channel,
        unioned.contact_reason,
        -- the team that took it first answers for it, the one that has it now costs
        coalesce(summaries.first_team, unioned.team) as team,
        unioned.team as last_team,
        unioned.exclusion_reason,

        -- flags
        unioned.is_resolved,
        unioned.is_resolution_assumed,
        unioned.is_bot_handled,

        -- measures
        unioned.handle_seconds,
        -- without a history, one reply is taken for what was answered or resolved
        coalesce(
            summaries.human_replies,
            (
                not unioned.is_bot_handled
                and (unioned.first_response_at is not null or unioned.is_resolved)
            )::integer
        ) as human_replies,
        greatest(unioned.reopens, coalesce(summaries.reopens, 0)) as reopens,
        greatest(unioned.transfers, coalesce(summaries.transfers, 0)) as transfers,
        greatest(
            unioned.is_escalated::integer, coalesce(summaries.escalations, 0)
        ) as escalations,
        coalesce(
            {{ fx_amount(
                'unioned.compensation_amount', 'unioned.currency', 'rates.rate'
            ) }},
            0
        )::decimal(18, 2) as compensation_amount,

        -- timestamps
        unioned.opened_at,
        coalesce(
            unioned.first_response_at, summaries.first_response_at
        ) as first_response_at,
        case
            when unioned.is_resolved
                then coalesce(summaries.solved_at, unioned.resolved_at)
        end as resolved_at,
        coalesce(summaries.closed_at, unioned.closed_at) as closed_at,
        summaries.last_event_at

    from unioned
    left join summaries
        on unioned.source_system || ':' || unioned.source_id = summaries.contact_id
    left join rates
        on
            unioned.currency = rates.currency
            and date_trunc('month', unioned.opened_at)::date = rates.month_start_date

)

select * from final

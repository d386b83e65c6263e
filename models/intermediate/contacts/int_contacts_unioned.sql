{#- Tickets and stated contacts in one shape; calls join in int_contacts_conformed. -#}

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

stated_contacts as (

    select * from {{ ref('int_contacts_stated') }}

),

channels as (

    select * from {{ ref('channel_aliases') }}

),

aliases as (

    select * from {{ ref('agent_aliases') }}

),

bots as (

    select source_system || ':' || source_agent_id as agent_id
    from {{ ref('bot_agents') }}

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
        null as product_category,
        coalesce(groups.team, tickets.group_id) as team,
        null as stated_site,
        null as stated_tier,
        'inbound' as direction,
        tickets.status,
        classified.exclusion_reason,
        classified.is_missed_chat,
        tickets.status in ('solved', 'closed')
        and not classified.is_missed_chat as is_resolved,
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

-- a system that flags no contact at all as resolved has no such flag
systems as (

    select
        source_system,
        bool_or(
            status is not null or resolved_at is not null or closed_at is not null
        ) as is_resolution_known

    from stated_contacts
    group by source_system

),

stated as (

    select
        contacts.source_system,
        contacts.contact_source_id as source_id,
        contacts.customer_source_id,
        contacts.email_key,
        contacts.phone_key,
        coalesce(aliases.agent_source_system, contacts.source_system) || ':'
        || coalesce(aliases.agent_source_id, contacts.agent_source_id) as agent_id,
        contacts.call_source_id,
        contacts.order_source_id,
        coalesce(channels.channel, 'other') as channel,
        contacts.contact_reason,
        contacts.product_category,
        contacts.team,
        contacts.site as stated_site,
        contacts.tier as stated_tier,
        contacts.direction,
        contacts.status,
        case
            when contacts.exclusion_reason is not null then contacts.exclusion_reason
            when contacts.direction = 'outbound' then 'outbound'
        end as exclusion_reason,
        coalesce(channels.channel = 'chat', false)
        and coalesce(contacts.status = 'abandoned', false) as is_missed_chat,
        case
            when contacts.status = 'abandoned' then false
            when not systems.is_resolution_known
                then
                    contacts.first_response_at is not null
                    or coalesce(contacts.talk_seconds, 0) > 0
            when contacts.status is not null
                then contacts.status in ('solved', 'closed', 'resolved')
            else contacts.resolved_at is not null or contacts.closed_at is not null
        end as is_resolved,
        not systems.is_resolution_known as is_resolution_assumed,
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

    from stated_contacts as contacts
    inner join systems on contacts.source_system = systems.source_system
    left join channels
        on
            contacts.channel = channels.source_channel
            and contacts.source_system = channels.source_system
    left join aliases
        on
            contacts.source_system = aliases.source_system
            and contacts.agent_source_id = {{ agent_key('aliases.source_agent_id') }}

),

unioned as (

    select * from zendesk
    union all
    select * from stated

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
        case
            when summaries.first_agent_id is not null then summaries.first_agent_id
            when bots.agent_id is null then unioned.agent_id
        end as agent_id,
        unioned.call_source_id,
        unioned.order_source_id,

        -- attributes
        unioned.channel,
        unioned.contact_reason,
        unioned.product_category,
        -- the team that took it first answers for it, the one that has it now costs
        coalesce(summaries.first_team, unioned.team) as team,
        unioned.team as last_team,
        unioned.stated_site,
        unioned.stated_tier,
        unioned.exclusion_reason,

        -- flags
        unioned.is_resolved,
        unioned.is_resolution_assumed,
        unioned.is_missed_chat,
        unioned.is_bot_handled
        or coalesce(summaries.bot_replies, 0) > 0 as is_bot_handled,

        -- measures
        unioned.handle_seconds,
        -- without a history, one reply is taken for what was answered or resolved
        coalesce(
            summaries.human_replies,
            (
                not unioned.is_bot_handled
                and not unioned.is_missed_chat
                and (unioned.first_response_at is not null or unioned.is_resolved)
            )::integer
        ) as human_replies,
        greatest(unioned.reopens, summaries.reopens) as reopens,
        greatest(unioned.transfers, summaries.transfers) as transfers,
        greatest(unioned.is_escalated::integer, summaries.escalations) as escalations,
        coalesce(
            {{ fx_amount(
                'unioned.compensation_amount', 'unioned.currency', 'rates.rate'
            ) }},
            0
        )::decimal(18, 2) as compensation_amount,

        coalesce(summaries.pending_seconds, 0) as pending_seconds,

        -- timestamps
        unioned.opened_at,
        -- where an agent or a bot was first, the clock starts when the customer writes
        -- or the bot hands over
        greatest(
            unioned.opened_at, summaries.asked_at, summaries.handed_over_at
        ) as response_started_at,
        coalesce(
            unioned.first_response_at, summaries.first_response_at
        ) as first_response_at,
        case
            when not unioned.is_missed_chat
                then coalesce(
                    summaries.first_solved_at,
                    case when unioned.is_resolved then unioned.resolved_at end
                )
        end as first_solved_at,
        case
            when unioned.is_resolved
                then coalesce(summaries.solved_at, unioned.resolved_at)
        end as resolved_at,
        coalesce(summaries.closed_at, unioned.closed_at) as closed_at,
        -- a missed chat ends when it is put away, whatever is filed later
        case
            when unioned.is_missed_chat
                then coalesce(summaries.solved_at, unioned.closed_at)
            else summaries.last_event_at
        end as last_event_at

    from unioned
    left join summaries
        on unioned.source_system || ':' || unioned.source_id = summaries.contact_id
    left join bots on unioned.agent_id = bots.agent_id
    left join rates
        on
            unioned.currency = rates.currency
            and date_trunc('month', unioned.opened_at)::date = rates.month_start_date

)

select * from final

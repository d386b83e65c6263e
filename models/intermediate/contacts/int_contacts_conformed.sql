{#-
    Every contact once: tickets with the calls they were opened for folded in, and the
    calls that no ticket was opened for.
-#}

with

tickets as (

    select * from {{ ref('int_contacts_unioned') }}

),

calls as (

    select * from {{ ref('int_calls_attached') }}

),

identities as (

    select * from {{ ref('int_customer_identities_resolved') }}

),

channels as (

    select * from {{ ref('channels') }}

),

call_totals as (

    select
        contact_id,
        -- the customer called before the ticket was written
        min(started_at) as started_at,
        max(ended_at) as ended_at,
        min(answered_at) as answered_at,
        min_by(identity_id, (started_at, call_id)) as identity_id,
        min_by(agent_id, (started_at, call_id)) as agent_id,
        sum(
            coalesce(talk_seconds, 0)
            + coalesce(hold_seconds, 0)
            + coalesce(wrap_seconds, 0)
        )::bigint as handle_seconds,
        sum(legs)::bigint as call_legs

    from calls
    group by all

),

ticket_contacts as (

    select
        tickets.contact_id,
        tickets.source_system,
        tickets.source_id,
        coalesce(tickets.identity_id, call_totals.identity_id) as identity_id,
        -- whoever answered first
        case
            when
                call_totals.answered_at
                <= coalesce(tickets.first_response_at, call_totals.answered_at)
                then coalesce(call_totals.agent_id, tickets.agent_id)
            else coalesce(tickets.agent_id, call_totals.agent_id)
        end as agent_id,
        tickets.order_source_id,
        case
            when call_totals.contact_id is not null then 'phone' else tickets.channel
        end as channel,
        tickets.contact_reason,
        tickets.product_category as stated_product_category,
        tickets.team,
        tickets.last_team,
        tickets.stated_site,
        tickets.stated_tier,
        tickets.exclusion_reason,
        tickets.is_resolved,
        tickets.is_resolution_assumed,
        tickets.is_bot_handled,
        tickets.is_missed_chat,
        tickets.is_missed_chat as is_unattended,
        tickets.human_replies,
        tickets.reopens,
        tickets.transfers,
        tickets.escalations,
        tickets.handle_seconds as ticket_handle_seconds,
        call_totals.handle_seconds as call_handle_seconds,
        coalesce(call_totals.call_legs, 0) as call_legs,
        tickets.pending_seconds,
        tickets.compensation_amount,
        least(tickets.opened_at, call_totals.started_at) as opened_at,
        case
            when call_totals.contact_id is not null then call_totals.started_at
            else tickets.response_started_at
        end as response_started_at,
        least(tickets.first_response_at, call_totals.answered_at) as first_response_at,
        tickets.first_solved_at,
        tickets.resolved_at,
        tickets.closed_at,
        case
            -- resolved, though no system says when: at the last that is known of it
            when tickets.is_resolved and tickets.resolved_at is not null
                then greatest(tickets.resolved_at, call_totals.ended_at)
            else
                greatest(
                    tickets.opened_at, tickets.last_event_at, call_totals.ended_at
                )
        end as ended_at

    from tickets
    left join call_totals on tickets.contact_id = call_totals.contact_id

),

call_contacts as (

    select
        contact_id,
        source_system,
        source_id,
        identity_id,
        agent_id,
        null as order_source_id,
        'phone' as channel,
        contact_reason,
        null as stated_product_category,
        team,
        team as last_team,
        stated_site,
        null as stated_tier,
        case when direction != 'inbound' then 'outbound' end as exclusion_reason,
        is_resolved,
        is_resolution_assumed,
        false as is_bot_handled,
        false as is_missed_chat,
        not is_answered as is_unattended,
        0 as human_replies,
        0 as reopens,
        0 as transfers,
        0 as escalations,
        null::bigint as ticket_handle_seconds,
        coalesce(talk_seconds, 0)
        + coalesce(hold_seconds, 0)
        + coalesce(wrap_seconds, 0) as call_handle_seconds,
        legs as call_legs,
        0 as pending_seconds,
        0::decimal(18, 2) as compensation_amount,
        started_at as opened_at,
        started_at as response_started_at,
        answered_at as first_response_at,
        case when is_resolved then ended_at end as first_solved_at,
        case when is_resolved then ended_at end as resolved_at,
        ended_at as closed_at,
        ended_at

    from calls
    where contact_id = call_id

),

unioned as (

    select * from ticket_contacts
    union all
    select * from call_contacts

),

final as (

    select
        -- keys
        unioned.contact_id,
        unioned.source_system,
        unioned.source_id,
        -- a colleague who writes to support is no customer
        case
            when coalesce(unioned.exclusion_reason, '') != 'internal'
                then identities.customer_id
        end as customer_id,
        unioned.agent_id,
        unioned.order_source_id,

        -- attributes
        unioned.channel,
        unioned.contact_reason,
        unioned.stated_product_category,
        unioned.team,
        unioned.last_team,
        unioned.stated_site,
        unioned.stated_tier,
        unioned.exclusion_reason,

        -- flags
        unioned.exclusion_reason is null as is_countable,
        unioned.is_resolved,
        unioned.is_resolution_assumed,
        unioned.is_bot_handled,
        unioned.is_missed_chat,
        -- nobody took it: a call that was never answered, a chat left before a human
        unioned.is_unattended,
        not unioned.is_unattended
        and (
            unioned.human_replies > 0 or unioned.first_response_at is not null
        ) as is_handled,
        coalesce(channels.is_written, true) as is_written,
        -- what no system measured is taken from the channel's usual time per reply
        coalesce(
            unioned.ticket_handle_seconds, unioned.call_handle_seconds
        ) is null
        and unioned.human_replies > 0 as is_handle_time_assumed,

        -- measures
        unioned.human_replies::bigint as human_replies,
        unioned.reopens::bigint as reopens,
        unioned.transfers::bigint as transfers,
        unioned.escalations::bigint as escalations,
        coalesce(
            greatest(unioned.ticket_handle_seconds, unioned.call_handle_seconds),
            unioned.human_replies * channels.assumed_handle_seconds,
            0
        )::bigint as handle_seconds,
        unioned.call_legs::bigint as call_legs,
        coalesce(unioned.call_handle_seconds, 0)::bigint as call_handle_seconds,
        unioned.pending_seconds::bigint as pending_seconds,
        channels.first_response_target_seconds::bigint
            as first_response_target_seconds,
        unioned.compensation_amount,

        -- timestamps
        unioned.opened_at,
        unioned.response_started_at,
        -- what was said before the customer waited was there at once
        case
            when unioned.first_response_at is not null
                then greatest(unioned.first_response_at, unioned.response_started_at)
        end as first_response_at,
        unioned.first_solved_at,
        unioned.resolved_at,
        unioned.closed_at,
        unioned.ended_at

    from unioned
    left join identities on unioned.identity_id = identities.identity_id
    left join channels on unioned.channel = channels.channel

)

select * from final

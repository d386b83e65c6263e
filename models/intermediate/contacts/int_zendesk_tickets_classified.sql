{#- Which tickets are no customer contacts, and why: the first reason that fits. -#}

with

tickets as (

    select * from {{ ref('stg_zendesk__tickets') }}

),

users as (

    select * from {{ ref('stg_zendesk__users') }}

),

summaries as (

    select * from {{ ref('int_contact_events_summarised') }}

),

channels as (

    select * from {{ ref('channel_aliases') }}

),

exclusion_tags as (

    select * from {{ ref('exclusion_tags') }}

),

ticket_tags as (

    select * from {{ ref('stg_zendesk__ticket_tags') }}

),

tags as (

    select
        ticket_id,
        {{ json_values('tags') }} as tag

    from tickets
    union all
    select
        ticket_id,
        tag

    from ticket_tags

),

tagged as (

    select
        tags.ticket_id,
        min(exclusion_tags.precedence) as precedence,
        bool_or(tags.tag = '{{ var("zendesk_missed_chat_tag") }}') as is_missed_chat

    from tags
    left join exclusion_tags on tags.tag = exclusion_tags.tag
    group by all

),

reasons as (

    select distinct
        precedence,
        exclusion_reason

    from exclusion_tags

),

described as (

    select
        tickets.ticket_id,
        tickets.status,
        case
            when tickets.call_source_id is not null then 'phone'
            else coalesce(channels.channel, 'other')
        end as channel,
        tickets.via_channel,
        reasons.exclusion_reason as tagged_reason,
        coalesce(tagged.is_missed_chat, false) as is_missed_chat,
        coalesce(requesters.is_staff, false) as is_requester_staff,
        coalesce(submitters.is_staff, false) as is_submitter_staff,
        tickets.created_at,
        summaries.first_customer_message_at

    from tickets
    left join channels
        on
            tickets.via_channel = channels.source_channel
            and channels.source_system = 'zendesk'
    left join tagged on tickets.ticket_id = tagged.ticket_id
    left join reasons on tagged.precedence = reasons.precedence
    left join users as requesters on tickets.requester_id = requesters.user_id
    left join users as submitters on tickets.submitter_id = submitters.user_id
    left join summaries on 'zendesk:' || tickets.ticket_id = summaries.contact_id

),

started as (

    select
        *,
        -- an agent who files a call's ticket answers a customer; any other ticket an
        -- agent opens is outbound until the customer writes
        is_submitter_staff
        and not is_requester_staff
        and channel != 'phone' as is_agent_opened

    from described

),

final as (

    select
        -- keys
        ticket_id,

        -- attributes
        channel,
        case
            when status = 'deleted' then 'deleted'
            when tagged_reason is not null then tagged_reason
            when via_channel = 'sample_ticket' then 'test'
            when is_requester_staff then 'internal'
            when is_agent_opened and first_customer_message_at is null then 'outbound'
        end as exclusion_reason,

        -- flags
        is_missed_chat,

        -- timestamps
        case
            when is_agent_opened then coalesce(first_customer_message_at, created_at)
            else created_at
        end as opened_at

    from started

)

select * from final

{#-
    E-mails, comments and changes of the cases of which any e-mail or comment was exported:
    of the others nobody knows the replies. Closing a case is what solves it.
-#}

{%- set zone = var('salesforce_timezone') %}

with

cases as (

    select * from {{ ref('stg_salesforce__cases') }}

),

changes as (

    select * from {{ ref('stg_salesforce__case_changes') }}

),

emails as (

    {{ newest(
        'salesforce', 'email_messages', at=to_utc('updated_at', zone)
    ) }}

),

comments as (

    {{ newest(
        'salesforce', 'case_comments', at=to_utc('updated_at', zone)
    ) }}

),

users as (

    {{ newest(
        'salesforce', 'users', at=to_utc('updated_at', zone)
    ) }}

),

bots as (

    select source_agent_id
    from {{ ref('bot_agents') }}
    where source_system = 'salesforce'

),

messages as (

    select
        case_id as case_source_id,
        created_by_id as author_source_id,
        incoming = 'true' as is_of_customer,
        true as is_public,
        {{ to_utc('sent_at', zone) }} as occurred_at

    from emails
    -- 5 is a draft
    where coalesce(status, '') not in ('5', 'Draft')
    union all
    select
        comments.case_id as case_source_id,
        comments.created_by_id as author_source_id,
        -- whoever logs in to the portal is no Standard user
        coalesce(users.user_type, 'Standard') != 'Standard' as is_of_customer,
        comments.is_published = 'true' as is_public,
        {{ to_utc('comments.created_at', zone) }} as occurred_at

    from comments
    left join users on comments.created_by_id = users.id

),

happened as (

    select
        case_source_id,
        customer_source_id as author_source_id,
        'customer' as actor_type,
        'opened' as event_type,
        null::string as from_value,
        'new' as to_value,
        opened_at as occurred_at

    from cases
    union all
    select
        case_source_id,
        customer_source_id as author_source_id,
        'customer' as actor_type,
        'customer_reply' as event_type,
        null::string as from_value,
        null::string as to_value,
        opened_at as occurred_at

    from cases
    union all
    select
        case_source_id,
        author_source_id,
        case when is_of_customer then 'customer' else 'agent' end as actor_type,
        case
            when not is_public then 'internal_note'
            when is_of_customer then 'customer_reply'
            else 'public_reply'
        end as event_type,
        null::string as from_value,
        null::string as to_value,
        occurred_at

    from messages
    union all
    select
        case_source_id,
        author_source_id,
        'agent' as actor_type,
        case
            when field = 'team' then 'team_changed'
            when field = 'agent' then 'assigned'
            when to_value in ('solved', 'closed') then 'solved'
            when from_value in ('solved', 'closed') then 'reopened'
            else 'status_changed'
        end as event_type,
        from_value,
        to_value,
        occurred_at

    from changes

),

final as (

    select distinct
        -- keys
        happened.case_source_id as contact_source_id,
        happened.author_source_id as actor_source_id,

        -- attributes
        happened.event_type,
        case
            when bots.source_agent_id is not null then 'bot'
            -- flows and rules act as users that are nobody
            when happened.actor_type = 'agent' and users.user_type != 'Standard'
                then 'system'
            else happened.actor_type
        end as actor_type,
        happened.from_value,
        happened.to_value,

        -- timestamps
        happened.occurred_at

    from happened
    left join bots on happened.author_source_id = bots.source_agent_id
    left join users on happened.author_source_id = users.id
    where
        happened.case_source_id in (
            select messages.case_source_id from messages
        )

)

select * from final

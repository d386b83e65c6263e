{#-
    The newest state of each conversation. Who wrote and which team has it are exported
    apart, so they are joined here.
-#}

with

conversations as (

    {{ newest('intercom', 'conversations') }}

),

people as (

    {{ newest('intercom', 'contacts') }}

),

teams as (

    {{ newest('intercom', 'teams', at='') }}

),

statuses as (

    select * from {{ ref('status_aliases') }}

),

tag_reasons as (

    {{ ticket_tag_reasons('conversations') }}

),

described as (

    select
        conversations.*,
        {{ status_but_missed(
            'conversations.tags',
            'coalesce(statuses.status, lower(conversations.state))'
        ) }} as known_status,
        coalesce(
            conversations.contact_id,
            case
                when conversations.author_type in ('user', 'lead', 'contact')
                    then conversations.author_id
            end
        ) as person_id,
        coalesce(
            conversations.team_assignee_id,
            case
                when conversations.assignee_type = 'team'
                    then conversations.assignee_id
            end
        ) as team_id,
        -- a campaign, a bot or a teammate wrote first
        coalesce(conversations.delivered_as, 'customer_initiated')
        != 'customer_initiated' as is_opened_by_us,
        {{ to_utc('conversations.created_at') }} as made_at,
        {{ to_utc('conversations.first_contact_reply_at') }} as asked_at

    from conversations
    left join statuses
        on
            lower(conversations.state) = statuses.source_status
            and statuses.source_system = 'intercom'

),

final as (

    select
        -- keys
        conversations.id as contact_source_id,
        conversations.person_id as customer_source_id,
        nullif(
            coalesce(
                conversations.admin_assignee_id,
                case
                    when conversations.assignee_type = 'admin'
                        then conversations.assignee_id
                end
            ),
            '0'
        ) as agent_source_id,
        {{ own_field('intercom', 'conversations.custom_attributes', 'order_id') }}
            as order_source_id,
        {{ own_field('intercom', 'conversations.custom_attributes', 'call_id') }}
            as call_source_id,
        {{ email_key(
            "coalesce(people.email, case when conversations.author_type in "
            "('user', 'lead', 'contact') then conversations.author_email end)"
        ) }} as email_key,
        {{ phone_key('people.phone') }} as phone_key,

        -- attributes
        lower(coalesce(conversations.source_type, 'conversation')) as channel,
        -- what we opened is outbound until the customer writes
        case
            when conversations.is_opened_by_us and conversations.asked_at is null
                then 'outbound'
            else 'inbound'
        end as direction,
        conversations.known_status as status,
        coalesce(teams.name, conversations.team_id) as team,
        null::string as site,
        null::string as tier,
        {{ own_field('intercom', 'conversations.custom_attributes', 'reason') }}
            as contact_reason,
        null::string as product_category,
        case conversations.priority
            when 'priority' then 'high'
            when 'true' then 'high'
            when 'not_priority' then 'normal'
            when 'false' then 'normal'
            else lower(conversations.priority)
        end as priority,
        null::string as currency,
        tag_reasons.exclusion_reason,

        -- flags
        false as is_escalated,
        coalesce(conversations.ai_agent_participated = 'true', false)
            as is_bot_handled,

        -- measures
        coalesce(conversations.count_reopens::bigint, 0) as reopens,
        0::bigint as transfers,
        null::bigint as talk_seconds,
        null::bigint as hold_seconds,
        {{ own_field('intercom', 'conversations.custom_attributes', 'handle_seconds') }}
        ::bigint as wrap_seconds,
        {{ own_field('intercom', 'conversations.custom_attributes', 'compensation') }}
        ::decimal(18, 2) as compensation_amount,

        -- timestamps
        case
            when conversations.is_opened_by_us
                then coalesce(conversations.asked_at, conversations.made_at)
            else conversations.made_at
        end as opened_at,
        {{ to_utc('conversations.first_admin_reply_at') }} as first_response_at,
        -- without its statistics, a closed conversation ended at its last change
        case
            when conversations.known_status in ('solved', 'closed')
                then {{ to_utc(
                    'coalesce(conversations.last_close_at, conversations.updated_at)'
                ) }}
        end as resolved_at,
        case
            when conversations.known_status = 'abandoned'
                then {{ to_utc(
                    'coalesce(conversations.last_close_at, conversations.updated_at)'
                ) }}
        end as closed_at

    from described as conversations
    left join people on conversations.person_id = people.id
    left join teams on conversations.team_id = teams.id
    left join tag_reasons on conversations.id = tag_reasons.id

)

select * from final

{#- The newest state of each mention; its words are left behind. -#}

{%- set zone = var('social_timezone') %}

with

source as (

    {{ newest('social', 'mentions', at=to_utc('updated_at', zone)) }}

),

statuses as (

    select * from {{ ref('status_aliases') }}

),

tag_reasons as (

    {{ ticket_tag_reasons('source') }}

),

final as (

    select
        -- keys
        source.id as mention_source_id,
        -- messages of one conversation are one contact
        coalesce(source.conversation_id, source.id) as contact_source_id,
        coalesce(source.author_id, lower(source.author)) as author_source_id,
        source.agent as agent_source_id,

        -- attributes
        lower(source.network) as channel,
        coalesce(statuses.status, lower(source.status)) as status,
        source.team,
        source.topic as contact_reason,
        lower(source.priority) as priority,
        case
            when tag_reasons.exclusion_reason is not null
                then tag_reasons.exclusion_reason
            -- passed on, it asks nothing that the first did not
            when lower(source.kind) in ('share', 'retweet', 'repost') then 'duplicate'
        end as exclusion_reason,

        -- flags
        coalesce(source.is_own = 'true', false) as is_own,

        -- timestamps
        {{ to_utc('source.published_at', zone) }} as published_at,
        {{ to_utc('source.replied_at', zone) }} as replied_at,
        {{ to_utc('source.closed_at', zone) }} as closed_at

    from source
    left join tag_reasons on source.id = tag_reasons.id
    left join statuses
        on
            lower(source.status) = statuses.source_status
            and statuses.source_system = 'social'

)

select * from final

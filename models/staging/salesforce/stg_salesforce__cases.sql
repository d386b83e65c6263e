{#-
    The newest state of each case under one key: its id, which a report that names cases
    by number only finds in the other exports.
-#}

{%- set zone = var('salesforce_timezone') %}

with

source as (

    select * from {{ source('salesforce', 'cases') }}

),

statuses as (

    select * from {{ ref('status_aliases') }}

),

exclusion_tags as (

    select * from {{ ref('exclusion_tags') }}

),

keyed as (

    select
        *,
        coalesce(
            id, max(id) over (partition by coalesce(case_number, id)), case_number
        ) as case_source_id

    from source

),

ranked as (

    select
        *,
        row_number() over (
            partition by case_source_id
            order by
                {{ to_utc('updated_at', zone) }} desc nulls last,
                _file desc,
                _line desc
        ) as recency

    from keyed

),

final as (

    select
        -- keys
        ranked.case_source_id,
        ranked.contact_id as customer_source_id,
        ranked.owner_id as owner_source_id,
        ranked.order_id as order_source_id,
        ranked.call_id as call_source_id,
        {{ email_key('ranked.contact_email') }} as email_key,
        {{ phone_key('ranked.contact_phone') }} as phone_key,

        -- attributes
        ranked.case_number,
        ranked.owner,
        lower(ranked.origin) as channel,
        -- an own status of which nobody said what it means is closed where the case is
        case
            when statuses.status = 'abandoned' then 'abandoned'
            when ranked.is_closed = 'true' then 'closed'
            else coalesce(statuses.status, lower(ranked.status))
        end as status,
        coalesce(
            ranked.reason, case when exclusion_tags.tag is null then ranked.type end
        ) as contact_reason,
        ranked.product as product_category,
        lower(ranked.priority) as priority,
        case
            when ranked.master_record_id is not null then 'merged'
            when ranked.is_deleted = 'true' then 'deleted'
            -- cases have no tags: their type may be one
            else exclusion_tags.exclusion_reason
        end as exclusion_reason,

        -- flags
        coalesce(ranked.is_escalated = 'true', false) as is_escalated,

        -- measures
        ranked.handle_seconds::bigint as handle_seconds,
        ranked.compensation::decimal(18, 2) as compensation_amount,

        -- timestamps
        {{ to_utc('ranked.created_at', zone) }} as opened_at,
        {{ to_utc('ranked.updated_at', zone) }} as updated_at,
        {{ to_utc('ranked.closed_at', zone) }} as closed_at

    from ranked
    left join statuses
        on
            lower(ranked.status) = statuses.source_status
            and statuses.source_system = 'salesforce'
    left join exclusion_tags on lower(ranked.type) = exclusion_tags.tag
    where ranked.recency = 1

)

select * from final

{#- The newest state of each ticket: API pages overlap, so a ticket lands often. -#}

with

source as (

    select * from {{ source('zendesk', 'tickets') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by id
            order by
                {{ to_utc('updated_at') }} desc,
                generated_timestamp::bigint desc nulls last,
                _file desc,
                _line desc
        ) as recency

    from source

),

final as (

    select
        -- keys
        id as ticket_id,
        requester_id,
        submitter_id,
        assignee_id,
        group_id,

        -- attributes
        status,
        priority,
        {{ json_text('via', '$.channel') }} as via_channel,
        {{ zendesk_field('custom_fields', 'reason') }} as contact_reason,
        {{ zendesk_field('custom_fields', 'call_id') }} as call_source_id,
        {{ zendesk_field('custom_fields', 'order_id') }} as order_source_id,
        tags,

        -- measures
        try_cast({{ zendesk_field('custom_fields', 'handle_seconds') }} as bigint)
            as handle_seconds,
        try_cast({{ zendesk_field('custom_fields', 'compensation') }} as decimal(18, 2))
            as compensation_amount,

        -- timestamps
        {{ to_utc('created_at') }} as created_at,
        {{ to_utc('updated_at') }} as updated_at

    from ranked
    where recency = 1

)

select * from final

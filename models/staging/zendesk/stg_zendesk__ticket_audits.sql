with

source as (

    select * from {{ source('zendesk', 'ticket_audits') }}

),

ranked as (

    select
        *,
        row_number() over (partition by id order by _file desc, _line desc) as recency

    from source

),

final as (

    select
        -- keys
        id as audit_id,
        ticket_id,
        author_id,

        -- attributes
        {{ json_text('via', '$.channel') }} as via_channel,
        events,

        -- timestamps
        {{ to_utc('created_at') }} as created_at

    from ranked
    where recency = 1

)

select * from final

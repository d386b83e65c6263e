{#- Every rating, offered ones included; no model above reads the comment itself. -#}

with

source as (

    select * from {{ source('zendesk', 'satisfaction_ratings') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by id
            order by {{ to_utc('updated_at') }} desc, _file desc, _line desc
        ) as recency

    from source

),

final as (

    select
        -- keys
        id as rating_id,
        ticket_id,
        requester_id,
        assignee_id,
        group_id,

        -- attributes
        score,
        comment,

        -- timestamps
        {{ to_utc('created_at') }} as offered_at,
        {{ to_utc('updated_at') }} as rated_at

    from ranked
    where recency = 1

)

select * from final

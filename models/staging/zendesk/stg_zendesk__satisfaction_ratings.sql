{#- Every rating, offered ones included; no model above reads the comment itself. -#}

with

satisfaction_ratings as (

    {{ newest('zendesk', 'satisfaction_ratings') }}

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

    from satisfaction_ratings

)

select * from final

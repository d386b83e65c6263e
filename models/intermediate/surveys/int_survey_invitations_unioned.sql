{#-
    Invitations, answered or not. Only Zendesk exports those nobody answered: a ticket's
    rating rows are one invitation, offered when the first of them was.
-#}

with

ratings as (

    select * from {{ ref('stg_zendesk__satisfaction_ratings') }}

),

final as (

    select
        -- keys
        'zendesk:satisfaction_rating:' || ticket_id as invitation_id,
        'zendesk' as source_system,
        ticket_id as source_id,
        'satisfaction_rating' as survey_id,
        'zendesk:' || ticket_id as contact_id,

        -- flags
        bool_or(score != 'unoffered') as is_delivered,
        bool_or(score not in ('offered', 'unoffered')) as is_responded,

        -- timestamps
        coalesce(
            min(offered_at) filter (where score != 'unoffered'), min(offered_at)
        ) as invited_at

    from ratings
    where ticket_id is not null
    group by ticket_id

)

select * from final

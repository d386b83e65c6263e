{#-
    Answers to the question on satisfaction. The CSV export has no ratings, only what the
    ticket's last one was: it counts where no rating of the ticket was exported.
-#}

with

ratings as (

    {{ newest('freshdesk', 'satisfaction_ratings') }}

),

tickets as (

    {{ newest(
        'freshdesk', 'tickets', at=to_utc('updated_at', var('freshdesk_timezone'))
    ) }}

),

rated as (

    select
        *,
        coalesce({{ json_text('ratings', '$.default_question') }}, rating)::bigint
            as answer

    from ratings

),

answered as (

    select
        id as response_source_id,
        coalesce(survey_id, 'satisfaction_rating') as survey_id,
        ticket_id as contact_source_id,
        user_id as customer_source_id,
        agent_id as agent_source_id,
        null::string as email,
        feedback,
        -- 103 is extremely happy, 100 neutral, -103 extremely unhappy: seven steps
        case
            when answer >= 100 then answer - 96
            when answer <= -100 then answer + 104
            else answer
        end as score,
        abs(answer) >= 100 as is_of_seven,
        {{ to_utc('created_at') }} as answered_at

    from rated
    where answer is not null

),

summarised as (

    select
        'ticket:' || id as response_source_id,
        'satisfaction_rating' as survey_id,
        id as contact_source_id,
        requester_id as customer_source_id,
        coalesce(responder_id, responder) as agent_source_id,
        requester_email as email,
        null::string as feedback,
        case lower(survey_result)
            when 'extremely happy' then 7
            when 'very happy' then 6
            when 'happy' then 5
            when 'neutral' then 4
            when 'unhappy' then 3
            when 'very unhappy' then 2
            when 'extremely unhappy' then 1
        end as score,
        true as is_of_seven,
        {{ to_utc('updated_at', var('freshdesk_timezone')) }} as answered_at

    from tickets
    where
        survey_result is not null
        and updated_at is not null
        and id not in (select ratings.ticket_id from ratings)

),

unioned as (

    select * from answered
    union all
    select * from summarised

),

final as (

    select
        -- keys
        response_source_id,
        survey_id,
        contact_source_id,
        customer_source_id,
        agent_source_id,
        {{ email_key('email') }} as email_key,

        -- attributes
        'csat' as question_type,
        null::string as dimension,
        case
            when is_of_seven then 'high_is_good'
            else '{{ var("freshdesk_rating")["scale_direction"] }}'
        end as scale_direction,
        feedback as comment,  -- noqa: RF04

        -- measures
        score::decimal(18, 4) as score,
        1::decimal(18, 4) as scale_min,
        case
            when is_of_seven then 7
            else {{ var('freshdesk_rating')['scale_max'] }}
        end::decimal(18, 4) as scale_max,

        -- timestamps
        answered_at

    from unioned

)

select * from final

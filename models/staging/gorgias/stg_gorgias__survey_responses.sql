{#-
    Answered surveys, from 1 to 5. The CSV export has the ticket's score alone: it counts
    where no survey of the ticket was exported, as given at the ticket's last change.
-#}

with

surveys as (

    {{ newest('gorgias', 'satisfaction_surveys', at=to_utc('scored_at')) }}

),

tickets as (

    {{ newest(
        'gorgias', 'tickets', at=to_utc('updated_at', var('gorgias_timezone'))
    ) }}

),

answered as (

    select
        id as response_source_id,
        ticket_id,
        customer_id,
        null::string as email,
        body_text,
        score,
        {{ to_utc('coalesce(scored_at, sent_at, created_at)') }} as answered_at

    from surveys
    where score is not null
    union all
    select
        'ticket:' || id as response_source_id,
        id as ticket_id,
        customer_id,
        customer_email as email,
        null::string as body_text,
        survey_score as score,
        {{ to_utc(
            'coalesce(updated_at, closed_at, created_at)', var('gorgias_timezone')
        ) }} as answered_at

    from tickets
    where
        survey_score is not null
        and id not in (select surveys.ticket_id from surveys)

),

final as (

    select
        -- keys
        answered.response_source_id,
        'satisfaction_survey' as survey_id,
        answered.ticket_id as contact_source_id,
        answered.customer_id as customer_source_id,
        coalesce(
            tickets.assignee_id, {{ email_key('tickets.assignee_email') }}
        ) as agent_source_id,
        {{ email_key('answered.email') }} as email_key,

        -- attributes
        'csat' as question_type,
        null::string as dimension,
        'high_is_good' as scale_direction,
        answered.body_text as comment,  -- noqa: RF04

        -- measures
        answered.score::decimal(18, 4) as score,
        1::decimal(18, 4) as scale_min,
        5::decimal(18, 4) as scale_max,

        -- timestamps
        answered.answered_at

    from answered
    left join tickets on answered.ticket_id = tickets.id

)

select * from final

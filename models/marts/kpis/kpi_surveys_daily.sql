with

answers as (

    select * from {{ ref('fct_survey_responses') }}

),

final as (

    select
        -- grain
        answered_date as date_day,
        coalesce(channel, 'unknown') as channel,
        coalesce(contact_reason, 'unknown') as contact_reason,
        coalesce(team, 'unknown') as team,

        -- components
        count(*) filter (where question_type = 'csat' and is_counted) as csat_answers,
        count(*) filter (
            where question_type = 'csat' and is_counted and is_satisfied
        ) as csat_answers_satisfied

    from answers
    group by all

)

select * from final

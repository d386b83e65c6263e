{#-
    Answers to the questions that the seed maps. A choice is resolved through its id: the
    weight an NPS answer carries is -100, 0 or 100, which is no score.
-#}

with

responses as (

    select * from {{ ref('stg_surveymonkey__responses') }}

),

choices as (

    select * from {{ ref('stg_surveymonkey__choices') }}

),

questions as (

    select * from {{ ref('survey_questions') }}

),

exploded as (

    select
        *,
        {{ json_rows('answers', ['question_id', 'choice_id', 'text']) }} as answer

    from responses
    where is_finished

),

answered as (

    select
        exploded.*,
        questions.question_type,
        questions.dimension,
        questions.scale_min,
        questions.scale_max,
        questions.scale_direction,
        exploded.answer['text'] as answer_text,
        coalesce(
            choices.score, {{ answer_score("exploded.answer['text']") }}
        ) as score

    from exploded
    inner join questions
        on
            exploded.survey_id = questions.survey_id
            and exploded.answer['question_id'] = questions.question_key
            and questions.source_system = 'surveymonkey'
    left join choices on exploded.answer['choice_id'] = choices.choice_id

),

comments as (

    select
        response_source_id,
        max_by(answer_text, (length(answer_text), answer_text)) as comment

    from answered
    where question_type = 'comment'
    group by all

),

final as (

    select
        -- keys
        answered.response_source_id,
        answered.survey_id,
        answered.contact_source_id,
        answered.customer_source_id,
        null::string as agent_source_id,
        answered.email_key,

        -- attributes
        answered.question_type,
        answered.dimension,
        answered.scale_direction,
        comments.comment,

        -- measures
        -- a question may hold a choice and a remark beside it
        max(answered.score) as score,
        answered.scale_min::decimal(18, 4) as scale_min,
        answered.scale_max::decimal(18, 4) as scale_max,

        -- timestamps
        answered.answered_at

    from answered
    left join comments on answered.response_source_id = comments.response_source_id
    where answered.question_type != 'comment'
    group by all

)

select * from final

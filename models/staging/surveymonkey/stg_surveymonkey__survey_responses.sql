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

{{ scored_answers() }}

select * from final

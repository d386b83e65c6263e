{#- Answers to the questions that the seed maps, by the field's id or reference. -#}

with

responses as (

    select * from {{ ref('stg_typeform__responses') }}

),

questions as (

    select * from {{ ref('survey_questions') }}

),

exploded as (

    select
        *,
        {{ json_rows('answers', ['question_id', 'question_ref', 'text']) }} as answer

    from responses

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
        {{ answer_score("exploded.answer['text']") }} as score

    from exploded
    inner join questions
        on
            exploded.survey_id = questions.survey_id
            and questions.question_key
            in (exploded.answer['question_id'], exploded.answer['question_ref'])
            and questions.source_system = 'typeform'

),

{{ scored_answers() }}

select * from final

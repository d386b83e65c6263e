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
        answered.score,
        answered.scale_min::decimal(18, 4) as scale_min,
        answered.scale_max::decimal(18, 4) as scale_max,

        -- timestamps
        answered.answered_at

    from answered
    left join comments on answered.response_source_id = comments.response_source_id
    where answered.question_type != 'comment'

)

select * from final

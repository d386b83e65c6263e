{#-
    The end of a model of survey answers: over CTE `answered`, one row per answer with its
    text, its score and what the seed says of its question, CTEs `comments` and `final`.
    A question may hold a choice and a remark beside it.
-#}
{% macro scored_answers() -%}
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
{%- endmacro %}

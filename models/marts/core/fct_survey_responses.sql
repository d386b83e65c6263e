with

answers as (

    select * from {{ ref('int_survey_answers_counted') }}

),

final as (

    select
        -- keys
        answer_id,
        source_system,
        source_id,
        survey_id,
        contact_id,
        customer_id,
        agent_id,

        -- attributes
        channel,
        contact_reason,
        journey_stage,
        product_category,
        team,
        tier,
        site,
        partner,
        region,
        segment,
        value_band,
        tenure_band,
        frequency_band,
        survey_kind,
        question_type,
        dimension,
        scale_direction,
        nps_group,
        not_counted_reason,

        -- flags
        not_counted_reason is null as is_counted,
        is_satisfied,
        is_solved_first_time,

        -- measures
        comment_characters,
        score,
        scale_min,
        scale_max,
        effort_score,
        servqual_gap_score,

        -- dates and timestamps
        {{ local_date('answered_at') }} as answered_date,
        answered_at

    from answers

)

select * from final

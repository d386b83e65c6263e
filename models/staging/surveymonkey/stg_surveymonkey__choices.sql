{#- What each choice says, from the surveys' details; the last file counts. -#}

with

source as (

    select * from {{ source('surveymonkey', 'choices') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by choice_id
            order by _file desc, _line desc, text desc
        ) as recency

    from source

),

final as (

    select
        -- keys
        choice_id,
        question_id,
        survey_id,

        -- measures
        -- an NPS choice weighs -100, 0 or 100: only its label says which of 0 to 10
        coalesce(
            {{ answer_score('text') }},
            case
                when weight::decimal(18, 4) between 1 and 10
                    then weight::decimal(18, 4)
            end
        ) as score

    from ranked
    where recency = 1

)

select * from final

{#- Previews are no answers but stay visible; int_survey_answers_unioned drops them. -#}

with

responses as (

    {{ newest('qualtrics', 'responses', key='response_id', at='') }}

),

final as (

    select
        -- keys
        response_id as response_source_id,
        survey_id,
        coalesce(
            {{ json_text('answers', '$.ticket_id') }},
            {{ json_text('answers', '$.call_id') }}
        ) as contact_source_id,
        {{ email_key('recipient_email') }} as email_key,

        -- attributes
        answers,

        -- flags
        finished = 'true' as is_finished,
        coalesce(
            status in ('1', 'Survey Preview') or distribution_channel = 'preview', false
        ) as is_preview,

        -- timestamps
        case
            when time_zone is null
                then {{ to_utc('recorded_date', var('qualtrics_timezone')) }}
            else {{ zoned_to_utc('recorded_date::timestamp', 'time_zone') }}
        end as answered_at

    from responses

)

select * from final

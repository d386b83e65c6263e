{#- A response exported again counts as modified last. -#}

{%- set answered_at = to_utc(
    'coalesce(date_modified, date_created)', var('surveymonkey_timezone')
) %}

with

responses as (

    {{ newest('surveymonkey', 'responses', at=answered_at) }}

),

final as (

    select
        -- keys
        id as response_source_id,
        survey_id,
        coalesce(
            {{ json_text('custom_variables', '$.ticket_id') }},
            {{ json_text('custom_variables', '$.call_id') }},
            custom_value
        ) as contact_source_id,
        {{ json_text('custom_variables', '$.customer_id') }} as customer_source_id,
        {{ email_key('email_address') }} as email_key,

        -- attributes
        answers,

        -- flags
        coalesce(response_status, 'completed') = 'completed' as is_finished,

        -- timestamps
        {{ answered_at }} as answered_at

    from responses

)

select * from final

{#- A response exported again counts as modified last. -#}

with

source as (

    select * from {{ source('surveymonkey', 'responses') }}

),

timed as (

    select
        id,
        survey_id,
        custom_variables,
        custom_value,
        email_address,
        response_status,
        answers,
        _file,
        _line,
        {{ to_utc(
            '(' ~ iso_text(
                'coalesce(date_modified, date_created)',
                var('surveymonkey_date_order')
            ) ~ ')',
            var('surveymonkey_timezone')
        ) }} as answered_at

    from source

),

ranked as (

    select
        *,
        row_number() over (
            partition by id
            order by answered_at desc, _file desc, _line desc
        ) as recency

    from timed

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
        answered_at

    from ranked
    where recency = 1

)

select * from final

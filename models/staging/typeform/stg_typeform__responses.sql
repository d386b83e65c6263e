{#- A response exported again counts as submitted last. -#}

with

responses as (

    {{ newest('typeform', 'responses', at=to_utc('submitted_at')) }}

),

final as (

    select
        -- keys
        id as response_source_id,
        survey_id,
        coalesce(
            {{ json_text('hidden', '$.ticket_id') }},
            {{ json_text('hidden', '$.call_id') }}
        ) as contact_source_id,
        {{ json_text('hidden', '$.customer_id') }} as customer_source_id,
        {{ email_key('email') }} as email_key,

        -- attributes
        answers,

        -- timestamps
        {{ to_utc('submitted_at') }} as answered_at

    from responses

)

select * from final

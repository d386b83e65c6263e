{#- A response exported again counts as submitted last. -#}

with

source as (

    select * from {{ source('typeform', 'responses') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by id
            order by {{ to_utc('submitted_at') }} desc, _file desc, _line desc
        ) as recency

    from source

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

    from ranked
    where recency = 1

)

select * from final

{#-
    A Delighted survey asks one question, told by its type, so no seed has to map it.
    Who works here and answers the employee question is no customer.
-#}

with

source as (

    select * from {{ source('delighted', 'responses') }}

),

people as (

    select * from {{ ref('stg_delighted__people') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by id
            order by
                coalesce(updated_at, created_at)::bigint desc,
                _file desc,
                _line desc
        ) as recency

    from source

),

final as (

    select
        -- keys
        ranked.id as response_source_id,
        ranked.survey_type as survey_id,
        coalesce(
            {{ json_text('ranked.person_properties', '$.ticket_id') }},
            {{ json_text('ranked.person_properties', '$.call_id') }}
        ) as contact_source_id,
        ranked.person_id as customer_source_id,
        null::string as agent_source_id,
        coalesce({{ email_key('ranked.person_email') }}, people.email_key) as email_key,

        -- attributes
        case
            when ranked.survey_type in ('csat', 'smileys', 'stars_five', 'thumbs')
                then 'csat'
            else ranked.survey_type
        end as question_type,
        null::string as dimension,
        null::string as scale_direction,
        ranked.comment,

        -- measures
        ranked.score::decimal(18, 4) as score,
        case
            when ranked.survey_type in ('csat', 'smileys', 'stars_five') then 1
            when ranked.survey_type = 'thumbs' then 0
        end::decimal(18, 4) as scale_min,
        case
            when ranked.survey_type in ('csat', 'smileys', 'stars_five') then 5
            when ranked.survey_type = 'thumbs' then 1
        end::decimal(18, 4) as scale_max,

        -- timestamps
        {{ epoch_to_utc('ranked.created_at') }} as answered_at

    from ranked
    left join people on ranked.person_id = people.customer_source_id
    where ranked.recency = 1 and ranked.survey_type != 'enps'

)

select * from final

{#-
    A Delighted survey asks one question, told by its type, so no seed has to map it.
    Who works here and answers the employee question is no customer.
-#}

with

responses as (

    {{ newest(
        'delighted', 'responses', at='coalesce(updated_at, created_at)::bigint'
    ) }}

),

people as (

    select * from {{ ref('stg_delighted__people') }}

),

final as (

    select
        -- keys
        responses.id as response_source_id,
        responses.survey_type as survey_id,
        coalesce(
            {{ json_text('responses.person_properties', '$.ticket_id') }},
            {{ json_text('responses.person_properties', '$.call_id') }}
        ) as contact_source_id,
        responses.person_id as customer_source_id,
        null::string as agent_source_id,
        coalesce(
            {{ email_key('responses.person_email') }}, people.email_key
        ) as email_key,

        -- attributes
        case
            when responses.survey_type in ('csat', 'smileys', 'stars_five', 'thumbs')
                then 'csat'
            else responses.survey_type
        end as question_type,
        null::string as dimension,
        null::string as scale_direction,
        responses.comment,

        -- measures
        responses.score::decimal(18, 4) as score,
        case
            when responses.survey_type in ('csat', 'smileys', 'stars_five') then 1
            when responses.survey_type = 'thumbs' then 0
        end::decimal(18, 4) as scale_min,
        case
            when responses.survey_type in ('csat', 'smileys', 'stars_five') then 5
            when responses.survey_type = 'thumbs' then 1
        end::decimal(18, 4) as scale_max,

        -- timestamps
        {{ epoch_to_utc('responses.created_at') }} as answered_at

    from responses
    left join people on responses.person_id = people.customer_source_id
    where responses.survey_type != 'enps'

)

select * from final

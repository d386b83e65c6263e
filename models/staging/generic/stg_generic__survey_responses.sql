{#- A response answers several questions; each counts as the last file says. -#}

with

survey_responses as (

    {{ newest(
        'generic', 'survey_responses', key='response_id, question_type, dimension',
        at=''
    ) }}

),

final as (

    select
        -- keys
        response_id as response_source_id,
        survey_id,
        contact_id as contact_source_id,
        customer_id as customer_source_id,
        agent_id as agent_source_id,
        {{ email_key('customer_email') }} as email_key,

        -- attributes
        question_type,
        dimension,
        scale_direction,
        comment,

        -- measures
        score::decimal(18, 4) as score,
        scale_min::decimal(18, 4) as scale_min,
        scale_max::decimal(18, 4) as scale_max,

        -- timestamps
        {{ to_utc('responded_at', var('generic_timezone')) }} as answered_at

    from survey_responses

)

select * from final

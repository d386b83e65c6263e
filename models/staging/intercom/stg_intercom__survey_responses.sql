{#- A conversation has one rating, from 1 to 5; asked for and not given it is null. -#}

with

conversations as (

    {{ newest('intercom', 'conversations') }}

),

final as (

    select
        -- keys
        id as response_source_id,
        'conversation_rating' as survey_id,
        id as contact_source_id,
        contact_id as customer_source_id,
        rating_teammate_id as agent_source_id,
        null::string as email_key,

        -- attributes
        'csat' as question_type,
        null::string as dimension,
        'high_is_good' as scale_direction,
        rating_remark as comment,  -- noqa: RF04

        -- measures
        rating::decimal(18, 4) as score,
        1::decimal(18, 4) as scale_min,
        5::decimal(18, 4) as scale_max,

        -- timestamps
        {{ to_utc('coalesce(rating_at, updated_at, created_at)') }} as answered_at

    from conversations
    where rating is not null

)

select * from final

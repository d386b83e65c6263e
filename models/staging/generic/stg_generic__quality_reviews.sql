{#- A review exported again counts as the last file, by name, says. -#}

with

quality_reviews as (

    {{ newest('generic', 'quality_reviews', key='review_id', at='') }}

),

final as (

    select
        -- keys
        review_id as review_source_id,
        contact_id as contact_source_id,
        agent_id as agent_source_id,

        -- measures
        points::decimal(18, 4) as points,
        possible_points::decimal(18, 4) as possible_points,

        -- timestamps
        {{ to_utc('reviewed_at', var('generic_timezone')) }} as reviewed_at

    from quality_reviews

)

select * from final

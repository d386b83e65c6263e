{#- A review exported again counts as the last file, by name, says. -#}

with

source as (

    select * from {{ source('generic', 'quality_reviews') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by review_id
            order by _file desc, _line desc
        ) as recency

    from source

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

    from ranked
    where recency = 1

)

select * from final

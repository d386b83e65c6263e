with

source as (

    select * from {{ source('zendesk', 'groups') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by id
            order by
                {{ to_utc('updated_at') }} desc nulls last, _file desc, _line desc
        ) as recency

    from source

),

final as (

    select
        id as group_id,
        name as team

    from ranked
    where recency = 1

)

select * from final

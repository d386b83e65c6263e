with

groups as (

    {{ newest('zendesk', 'groups') }}

),

final as (

    select
        id as group_id,
        name as team

    from groups

)

select * from final

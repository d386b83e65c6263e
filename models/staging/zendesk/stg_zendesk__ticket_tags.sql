with

source as (

    select * from {{ source('zendesk', 'ticket_tags') }}

),

final as (

    select distinct
        ticket_id,
        tag

    from source

)

select * from final

with

source as (

    select * from {{ source('landing', 'files') }}

),

final as (

    select
        -- keys
        system as source_system,
        entity,
        file,

        -- attributes
        status,
        message,

        -- measures
        rows_read,
        rows_landed,
        rows_rejected

    from source

)

select * from final

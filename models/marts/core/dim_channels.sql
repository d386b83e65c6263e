with

channels as (

    select * from {{ ref('channels') }}

),

final as (

    select
        channel,
        label_en,
        label_fr,
        assumed_handle_seconds::bigint as assumed_handle_seconds

    from channels

)

select * from final

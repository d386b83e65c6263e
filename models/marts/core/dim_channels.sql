with

channels as (

    select * from {{ ref('channels') }}

),

final as (

    select
        channel,
        label_en,
        label_fr,
        is_written,
        first_response_target_seconds::bigint as first_response_target_seconds,
        assumed_handle_seconds::bigint as assumed_handle_seconds

    from channels

)

select * from final

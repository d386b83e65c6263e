with

legs as (

    select * from {{ ref('int_call_legs_unioned') }}

),

final as (

    select
        -- keys
        call_leg_id,
        call_id,
        agent_id,

        -- measures
        leg_number,
        ring_seconds,
        talk_seconds,
        hold_seconds,
        wrap_seconds,

        -- dates and timestamps
        {{ local_date('connected_at') }} as connected_date,
        connected_at,
        ended_at

    from legs

)

select * from final

{#- Intervals have no id of their own: equal rows are one interval landed twice. -#}

with

source as (

    select * from {{ source('generic', 'agent_activity') }}

),

final as (

    select distinct
        -- keys
        agent_id as agent_source_id,

        -- attributes
        state,

        -- timestamps
        {{ to_utc('started_at', var('generic_timezone')) }} as started_at,
        {{ to_utc('ended_at', var('generic_timezone')) }} as ended_at

    from source

)

select * from final

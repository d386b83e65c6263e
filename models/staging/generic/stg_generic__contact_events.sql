{#- Events have no id of their own: equal rows are one event landed twice. -#}

with

source as (

    select * from {{ source('generic', 'contact_events') }}

),

final as (

    select distinct
        -- keys
        contact_id as contact_source_id,
        actor_id as actor_source_id,

        -- attributes
        event_type,
        actor_type,
        from_value,
        to_value,

        -- timestamps
        {{ to_utc('occurred_at', var('generic_timezone')) }} as occurred_at

    from source

)

select * from final

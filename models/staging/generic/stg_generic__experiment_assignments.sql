{#- Assignments have no id of their own: equal rows are one assignment landed twice. -#}

with

source as (

    select * from {{ source('generic', 'experiment_assignments') }}

),

final as (

    select distinct
        -- keys
        experiment_id,
        customer_id as customer_source_id,
        {{ email_key('customer_id') }} as email_key,

        -- attributes
        arm,

        -- timestamps
        {{ to_utc('assigned_at', var('generic_timezone')) }} as assigned_at

    from source

)

select * from final

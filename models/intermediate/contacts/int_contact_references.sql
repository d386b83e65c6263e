{#- Every id under which another system may name a contact: its own, and its calls'. -#}

with

contacts as (

    select * from {{ ref('int_contacts_conformed') }}

),

calls as (

    select * from {{ ref('int_calls_attached') }}

),

unioned as (

    select
        source_system,
        source_id as reference,
        contact_id

    from contacts
    union
    select
        source_system,
        source_id as reference,
        contact_id

    from calls

),

final as (

    select
        source_system,
        reference,
        contact_id

    from unioned

)

select * from final

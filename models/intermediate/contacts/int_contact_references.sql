{#-
    Every id under which another system may name a contact: its own, and its calls'. An
    id that a ticket and a call bear names the ticket's.
-#}

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
        contact_id,
        contact_id = source_system || ':' || source_id as is_own

    from contacts
    union all
    select
        source_system,
        source_id as reference,
        contact_id,
        false as is_own

    from calls

),

final as (

    select
        source_system,
        reference,
        min_by(contact_id, (not is_own, contact_id)) as contact_id

    from unioned
    group by all

)

select * from final

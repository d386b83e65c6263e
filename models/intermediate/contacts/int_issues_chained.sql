{#- One row per issue: its first contact's attributes, and what became of the chain. -#}

with

contacts as (

    select * from {{ ref('int_contacts_conformed') }}

),

sequences as (

    select * from {{ ref('int_contacts_sequenced') }}

),

chained as (

    select
        sequences.issue_id,
        sequences.contact_number,
        contacts.*

    from sequences
    inner join contacts on sequences.contact_id = contacts.contact_id

),

final as (

    select
        -- keys
        issue_id,
        min(customer_id) as customer_id,

        -- flags
        max_by(is_resolved, contact_number) as is_resolved,
        bool_or(is_resolution_assumed) as is_resolution_assumed,

        -- measures
        count(*) as contacts,

        -- timestamps
        min(opened_at) as opened_at,
        max(ended_at) as ended_at

    from chained
    group by issue_id

)

select * from final

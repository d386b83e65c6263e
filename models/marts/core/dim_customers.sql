with

identities as (

    select * from {{ ref('int_customer_identities_resolved') }}

),

contacts as (

    select * from {{ ref('int_contacts_conformed') }}

),

orders as (

    select * from {{ ref('int_orders_credited') }}

),

people as (

    select
        customer_id,
        min(identified_by) as identified_by

    from identities
    group by all

),

first_contacts as (

    select
        customer_id,
        min(opened_at) as first_contact_at

    from contacts
    where is_countable
    group by all

),

first_orders as (

    select
        customer_id,
        min(ordered_at) as first_order_at

    from orders
    where is_valid_order
    group by all

),

final as (

    select
        -- keys
        people.customer_id,

        -- attributes
        people.identified_by,

        -- timestamps
        first_contacts.first_contact_at,
        first_orders.first_order_at

    from people
    left join first_contacts on people.customer_id = first_contacts.customer_id
    left join first_orders on people.customer_id = first_orders.customer_id

)

select * from final

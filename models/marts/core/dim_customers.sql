with

identities as (

    select * from {{ ref('int_customer_identities_resolved') }}

),

contacts as (

    select * from {{ ref('int_contacts_conformed') }}

),

messages as (

    select identities.customer_id
    from {{ ref('int_proactive_messages_unioned') }} as messages
    inner join {{ ref('int_customer_identities_resolved') }} as identities
        on messages.identity_id = identities.identity_id

),

customer_values as (

    select * from {{ ref('int_customers_valued') }}

),

-- today's: each customer's last
bands as (

    select
        customer_id,
        max_by(value_band, quarter_start_date) as value_band

    from {{ ref('int_customers_banded') }}
    group by all

),

orders as (

    select * from {{ ref('int_orders_credited') }}

),

answers as (

    select * from {{ ref('int_survey_answers_counted') }}

),

-- an identity that only a linked call carries is its ticket's customer, not another
seen as (

    select customer_id from contacts
    union
    select customer_id from orders
    union
    select customer_id from answers
    union
    select customer_id from messages

),

people as (

    select
        identities.customer_id,
        min(identities.identified_by) as identified_by

    from identities
    inner join seen on identities.customer_id = seen.customer_id
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
        customer_values.region,
        bands.value_band,

        -- measures
        customer_values.margin_amount,

        -- timestamps
        first_contacts.first_contact_at,
        first_orders.first_order_at

    from people
    left join first_contacts on people.customer_id = first_contacts.customer_id
    left join first_orders on people.customer_id = first_orders.customer_id
    left join customer_values on people.customer_id = customer_values.customer_id
    left join bands on people.customer_id = bands.customer_id

)

select * from final

-- Phone lines seen with more than one e-mail, and how much of the traffic comes from
-- them. They identify nobody: see int_customer_identities_resolved.

with

orders as (

    select * from {{ ref('int_orders_unioned') }}

),

contacts as (

    select * from {{ ref('int_contacts_unioned') }}

),

calls as (

    select * from {{ ref('int_calls_unioned') }}

),

sightings as (

    select
        phone_key,
        email_key
    from orders
    union
    select
        phone_key,
        email_key
    from contacts

),

shared as (

    select
        phone_key,
        count(distinct email_key) as emails

    from sightings
    where phone_key is not null
    group by all
    having count(distinct email_key) > 1

)

select
    shared.phone_key,
    shared.emails,
    count(calls.call_id) as calls
from shared
left join calls on shared.phone_key = calls.phone_key
group by all
order by calls desc, shared.phone_key asc

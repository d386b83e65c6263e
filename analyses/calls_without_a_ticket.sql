-- Answered calls that found no ticket, by agent: either nobody filed one, or the call
-- id field stays empty and the ticket opened too late to be recognised.

with

calls as (

    select * from {{ ref('fct_calls') }}

)

select
    agent_id,
    count(*) as calls_answered,
    count(*) filter (where not is_linked) as calls_without_ticket,
    count(*) filter (where linked_by = 'customer_and_time') as calls_linked_by_time,
    100.0 * count(*) filter (where not is_linked) / count(*)
        as without_ticket_percent
from calls
where is_answered
group by all
order by without_ticket_percent desc

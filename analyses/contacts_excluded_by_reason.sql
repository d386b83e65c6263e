-- How many contacts do not count, why, and since when. A share that jumps is a tag rule
-- or an export that changed, before it is a better month.

with

contacts as (

    select * from {{ ref('fct_contacts') }}

),

counted as (

    select
        date_trunc('month', opened_date)::date as month_start_date,
        source_system,
        coalesce(exclusion_reason, 'counted') as reason,
        count(*) as contacts

    from contacts
    group by all

)

select
    month_start_date,
    source_system,
    reason,
    contacts,
    100.0 * contacts / sum(contacts) over (
        partition by month_start_date, source_system
    ) as share_percent
from counted
order by month_start_date asc, source_system asc, contacts desc

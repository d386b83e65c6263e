-- How many contacts do not count, why, and since when. A share that jumps is a tag rule
-- or an export that changed, before it is a better month.

with

contacts as (

    select * from {{ ref('fct_contacts') }}

)

select
    date_trunc('month', opened_date)::date as month_start_date,
    source_system,
    coalesce(exclusion_reason, 'counted') as reason,
    count(*) as contacts,
    100.0 * count(*) / sum(count(*)) over (
        partition by date_trunc('month', opened_date), source_system
    ) as share_percent
from contacts
group by all
order by month_start_date asc, source_system asc, contacts desc

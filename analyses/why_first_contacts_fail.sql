-- For each reason and team, what kept issues from being settled by their first contact.
-- An issue can fail for several causes and is counted under each.

with

issues as (

    select * from {{ ref('fct_issues') }}

),

contacts as (

    select * from {{ ref('fct_contacts') }}

)

select
    issues.contact_reason,
    issues.team,
    count(*) as issues_failed,
    count(*) filter (where not contacts.is_resolved) as first_contact_unresolved,
    count(*) filter (where contacts.is_reopened) as reopened,
    count(*) filter (where contacts.is_transferred) as transferred,
    count(*) filter (where contacts.is_escalated) as escalated,
    count(*) filter (where issues.contacts > 1) as repeated,
    sum(issues.issue_cost_amount) as cost_amount
from issues
inner join contacts on issues.issue_id = contacts.contact_id
where issues.is_fcr_eligible and not issues.is_resolved_first_time
group by all
order by cost_amount desc

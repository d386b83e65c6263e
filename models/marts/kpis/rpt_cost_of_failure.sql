{#-
    What it costs when something goes wrong: contacts that there should not have been,
    and margin that issues without such a contact bring and these do not. A contact fails
    in one way, the gravest, so that the lines may be added and billed. The lost margin is
    a difference between issues, each against its own baseline; it is no proof of cause.
-#}
{%- set failures = ['repeat', 'reopened', 'abandoned', 'late answer'] %}

with

contacts as (

    select
        contact_id,
        issue_id,
        product_category,
        contact_reason,
        is_first_of_issue,
        reopens,
        date_trunc('month', opened_date)::date as month_start_date,
        case
            when issue_id is not null and not is_first_of_issue then 1
            when is_reopened then 2
            when is_unattended then 3
            when is_first_response_due and not is_first_response_in_target then 4
        end as failure_number

    from {{ ref('fct_contacts') }}
    where is_countable

),

contact_costs as (

    select * from {{ ref('fct_contact_costs') }}

),

matched as (

    select
        issue_id,
        margin_amount::double - baseline_margin as margin_gain

    from {{ ref('int_issues_matched') }}
    where comparison = 'effect' and is_matched

),

issues as (

    select
        issue_id,
        min(failure_number) as failure_number

    from contacts
    where issue_id is not null
    group by all

),

gains as (

    select
        issues.failure_number,
        avg(matched.margin_gain) as margin_gain

    from issues
    inner join matched on issues.issue_id = matched.issue_id
    group by all

),

losses as (

    select
        failing.failure_number,
        -- a failure that brings margin is no failure that costs some
        greatest(faultless.margin_gain - failing.margin_gain, 0) as lost_margin

    from gains as failing
    inner join gains as faultless
        on
            failing.failure_number is not null
            and faultless.failure_number is null

),

contact_lines as (

    select
        contacts.month_start_date,
        contacts.failure_number,
        contacts.product_category,
        contacts.contact_reason,
        -- a reopened contact was solved once; a late answer was due anyway
        (
            case contacts.failure_number
                when 2 then contacts.reopens::double / (contacts.reopens + 1)
                when 4 then 0
                else 1
            end * contact_costs.contact_cost_amount
        )::decimal(18, 6) as avoidable_cost

    from contacts
    left join contact_costs on contacts.contact_id = contact_costs.contact_id
    where contacts.failure_number is not null

),

issue_lines as (

    select
        contacts.month_start_date,
        issues.failure_number,
        contacts.product_category,
        contacts.contact_reason,
        losses.lost_margin::decimal(18, 6) as lost_margin

    from issues
    inner join matched on issues.issue_id = matched.issue_id
    inner join losses on issues.failure_number = losses.failure_number
    inner join contacts
        on issues.issue_id = contacts.issue_id and contacts.is_first_of_issue

),

lines as (

    {{ union_by_name([
        'month_start_date', 'failure_number', 'product_category', 'contact_reason'
    ], {
        'contact_lines': ['avoidable_cost'],
        'issue_lines': ['lost_margin'],
    }) }}

),

summed as (

    select
        month_start_date,
        failure_number,
        coalesce(product_category, 'unknown') as product,
        coalesce(contact_reason, 'unknown') as contact_reason,
        count(*) filter (where lost_margin is null) as contacts,
        coalesce(sum(avoidable_cost), 0)::decimal(18, 2) as avoidable_cost_amount,
        coalesce(sum(lost_margin), 0)::decimal(18, 2) as lost_margin_amount

    from lines
    group by all

),

final as (

    select
        -- grain
        month_start_date,
        case failure_number
            {%- for failure in failures %}
            when {{ loop.index }} then '{{ failure }}'
            {%- endfor %}
        end as failure,
        product,
        contact_reason,

        -- measures
        contacts,
        avoidable_cost_amount,
        lost_margin_amount,
        (avoidable_cost_amount + lost_margin_amount)::decimal(18, 2)
            as failure_cost_amount

    from summed

)

select * from final

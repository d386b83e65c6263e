{#- What came out well or not, beside what may have moved it. -#}

with

contacts as (

    select
        *,
        -- nobody says when an agent was hired: the first contact is when they began
        min(opened_at) over (partition by agent_id) as agent_began_at

    from {{ ref('fct_contacts') }}

),

calls as (

    select
        contact_id,
        min(wait_seconds) as wait_seconds

    from {{ ref('fct_calls') }}
    where is_offered and is_answered
    group by all

),

outcomes as (

    select
        'csat' as outcome,
        answer_id as observation_id,
        contact_id,
        is_satisfied as is_good
    from {{ ref('fct_survey_responses') }}
    where question_type = 'csat' and is_counted
    union all
    select
        'fcr' as outcome,
        issues.issue_id as observation_id,
        contacts.contact_id,
        issues.is_resolved_first_time as is_good
    from {{ ref('fct_issues') }} as issues
    inner join contacts
        on issues.issue_id = contacts.issue_id and contacts.is_first_of_issue
    where issues.is_fcr_eligible
    union all
    select
        'repurchase' as outcome,
        issues.issue_id as observation_id,
        contacts.contact_id,
        issues.is_repurchased as is_good
    from {{ ref('fct_issues') }} as issues
    inner join contacts
        on issues.issue_id = contacts.issue_id and contacts.is_first_of_issue
    where issues.is_repurchase_eligible

),

final as (

    select
        -- keys
        outcomes.outcome,
        outcomes.observation_id,
        coalesce(contacts.customer_id, outcomes.observation_id) as customer_id,

        -- attributes
        contacts.channel,
        coalesce(contacts.contact_reason, 'unknown') as contact_reason,

        -- flags
        outcomes.is_good,
        contacts.is_transferred,

        -- measures
        coalesce(calls.wait_seconds, contacts.first_response_seconds) as wait_seconds,
        contacts.handle_seconds,
        {{ seconds_between('contacts.agent_began_at', 'contacts.opened_at') }}
        / 86400 as agent_tenure_days

    from outcomes
    inner join contacts on outcomes.contact_id = contacts.contact_id
    left join calls on contacts.contact_id = calls.contact_id
    -- what nobody took was moved by nobody
    where contacts.is_handled and contacts.agent_id is not null

)

select * from final

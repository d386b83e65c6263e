with

contacts as (

    select * from {{ ref('int_contacts_conformed') }}

),

sequences as (

    select * from {{ ref('int_contacts_sequenced') }}

),

issues as (

    select * from {{ ref('int_issues_chained') }}

),

horizon as (

    select * from {{ ref('int_data_horizon') }}

),

final as (

    select
        -- keys
        contacts.contact_id,
        contacts.source_system,
        contacts.source_id,
        contacts.customer_id,
        sequences.issue_id,
        contacts.agent_id,

        -- attributes
        contacts.channel,
        contacts.contact_reason,
        contacts.team,
        contacts.exclusion_reason,

        -- flags
        contacts.is_countable,
        contacts.customer_id is not null as is_identified,
        coalesce(sequences.is_first_of_issue, false) as is_first_of_issue,
        contacts.is_resolved,
        contacts.is_resolution_assumed,
        contacts.reopens > 0 as is_reopened,
        contacts.transfers > 0 as is_transferred,
        contacts.escalations > 0 as is_escalated,
        contacts.is_bot_handled,
        -- a bot settled it alone, and the customer could have come back and did not
        contacts.is_countable
        and contacts.is_bot_handled
        and contacts.is_resolved
        and contacts.human_replies = 0
        and coalesce(issues.contacts = 1, false)
        and {{ has_elapsed(
            'contacts.ended_at', var('fcr_window_days'), 'horizon.as_of'
        ) }} as is_automated,
        contacts.is_handle_time_assumed,

        -- measures
        contacts.human_replies,
        contacts.reopens,
        contacts.transfers,
        contacts.escalations,
        contacts.handle_seconds,
        {{ seconds_between('contacts.opened_at', 'contacts.first_response_at') }}
            as first_response_seconds,
        {{ seconds_between('contacts.opened_at', 'contacts.resolved_at') }}
            as resolution_seconds,
        contacts.compensation_amount,

        -- dates and timestamps
        {{ local_date('contacts.opened_at') }} as opened_date,
        contacts.opened_at,
        contacts.first_response_at,
        contacts.resolved_at,
        contacts.closed_at,
        contacts.ended_at

    from contacts
    left join sequences on contacts.contact_id = sequences.contact_id
    left join issues on sequences.issue_id = issues.issue_id
    cross join horizon

)

select * from final

with

contacts as (

    select * from {{ ref('int_contacts_conformed') }}

),

described as (

    select * from {{ ref('int_contacts_described') }}

),

clocked as (

    select * from {{ ref('int_contacts_clocked') }}

),

sequences as (

    select * from {{ ref('int_contacts_sequenced') }}

),

horizon as (

    select * from {{ ref('int_data_horizon') }}

),

settled as (

    select
        contacts.*,
        described.tier,
        described.site,
        described.partner,
        described.journey_stage,
        described.product_category,
        described.region,
        described.segment,
        described.value_band,
        described.tenure_band,
        described.frequency_band,
        described.opened_hour,
        described.opened_weekday,
        clocked.first_response_business_seconds,
        clocked.resolution_business_seconds,
        sequences.issue_id,
        sequences.is_first_of_issue,
        sequences.next_opened_at,
        {{ is_settled_at_once('contacts') }} as is_settled_at_once,
        {% for days in fcr_variant_days() -%}
        sequences.is_first_{{ days }}d,
        sequences.is_alone_{{ days }}d,
        {% endfor -%}
        horizon.as_of,
        contacts.is_bot_handled
        and contacts.is_resolved
        and contacts.human_replies = 0 as is_bot_settled,
        {{ seconds_between(
            'contacts.response_started_at', 'contacts.first_response_at'
        ) }} as first_response_seconds,
        {{ seconds_between('contacts.opened_at', 'contacts.resolved_at') }}
            as resolution_seconds,
        -- a bot's contact can be judged once its customer could have come back
        contacts.is_countable
        and contacts.is_bot_handled
        and contacts.customer_id is not null
        and {{ has_elapsed(
            'contacts.ended_at', var('fcr_window_days'), 'horizon.as_of'
        ) }} as is_automation_eligible

    from contacts
    inner join described on contacts.contact_id = described.contact_id
    left join clocked on contacts.contact_id = clocked.contact_id
    left join sequences on contacts.contact_id = sequences.contact_id
    cross join horizon

),

judged as (

    select
        *,
        -- a call's speed is the service level's; a bot's own case waits for nobody
        is_countable
        and is_written
        and first_response_target_seconds is not null
        and (
            first_response_at is not null
            or (
                not is_bot_settled
                and response_started_at
                + first_response_target_seconds * interval '1 second' <= as_of
            )
        ) as is_first_response_due,
        is_countable
        and not is_unattended
        and (
            is_resolved
            or opened_at
            + {{ var('resolution_target_hours') }} * interval '1 hour' <= as_of
        ) as is_resolution_due

    from settled

),

final as (

    select
        -- keys
        contact_id,
        source_system,
        source_id,
        customer_id,
        issue_id,
        agent_id,

        -- attributes
        channel,
        contact_reason,
        journey_stage,
        product_category,
        team,
        tier,
        site,
        partner,
        region,
        segment,
        value_band,
        tenure_band,
        frequency_band,
        opened_hour,
        opened_weekday,
        exclusion_reason,

        -- flags
        is_countable,
        customer_id is not null as is_identified,
        coalesce(is_first_of_issue, false) as is_first_of_issue,
        is_resolved,
        is_resolution_assumed,
        is_written,
        is_handled,
        is_unattended,
        is_missed_chat,
        reopens > 0 as is_reopened,
        transfers > 0 as is_transferred,
        escalations > 0 as is_escalated,
        is_bot_handled,
        is_bot_settled,
        is_automation_eligible,
        -- a bot settled it alone, and the customer could have come back and did not
        is_automation_eligible
        and is_bot_settled
        and coalesce(
            not {{ is_within_days(
                'ended_at', 'next_opened_at', var('fcr_window_days')
            ) }},
            true
        ) as is_automated,
        is_first_response_due,
        is_first_response_due
        and coalesce(
            first_response_seconds <= first_response_target_seconds, false
        ) as is_first_response_in_target,
        is_resolution_due,
        is_resolution_due
        and is_resolved
        and coalesce(
            resolution_seconds <= {{ var('resolution_target_hours') }} * 3600, false
        ) as is_resolution_in_target,
        is_handle_time_assumed,
        {% for days in fcr_variant_days() -%}
        coalesce(
            is_first_{{ days }}d and {{ has_elapsed('ended_at', days, 'as_of') }}, false
        ) as is_fcr_eligible_{{ days }}d,
        coalesce(
            is_alone_{{ days }}d
            and is_settled_at_once
            and {{ has_elapsed('ended_at', days, 'as_of') }},
            false
        ) as is_resolved_first_time_{{ days }}d,
        {% endfor %}
        -- measures
        human_replies,
        reopens,
        transfers,
        escalations,
        call_legs,
        handle_seconds,
        call_handle_seconds,
        first_response_seconds,
        first_response_business_seconds,
        resolution_seconds,
        resolution_business_seconds,
        case
            when resolution_seconds is not null then pending_seconds
        end as pending_seconds,
        compensation_amount,

        -- dates and timestamps
        {{ local_date('opened_at') }} as opened_date,
        {{ local_date('first_solved_at') }} as first_solved_date,
        {{ local_date('resolved_at') }} as resolved_date,
        {{ local_date('ended_at') }} as ended_date,
        opened_at,
        response_started_at,
        first_response_at,
        first_solved_at,
        resolved_at,
        closed_at,
        ended_at

    from judged

)

select * from final

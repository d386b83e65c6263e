with

calls as (

    select * from {{ ref('int_calls_attached') }}

),

contacts as (

    select * from {{ ref('int_contacts_conformed') }}

),

described as (

    select * from {{ ref('int_contacts_described') }}

),

teams as (

    select * from {{ ref('teams') }}

),

final as (

    select
        -- keys
        calls.call_id,
        calls.source_system,
        calls.source_id,
        calls.contact_id,
        contacts.customer_id,
        calls.agent_id,

        -- attributes
        'phone' as channel,
        calls.queue,
        calls.direction,
        calls.outcome,
        coalesce(calls.contact_reason, contacts.contact_reason) as contact_reason,
        described.journey_stage,
        described.product_category,
        calls.team,
        teams.tier::string as tier,
        coalesce(teams.site, calls.stated_site) as site,
        teams.partner,
        described.region,
        described.segment,
        described.value_band,
        described.tenure_band,
        described.frequency_band,
        lpad(extract(hour from {{ local_time('calls.started_at') }})::string, 2, '0')
            as started_hour,
        {{ iso_weekday(local_time('calls.started_at')) }}::string
            as started_weekday,
        calls.linked_by,

        -- flags
        calls.direction = 'inbound' and contacts.is_countable as is_offered,
        calls.is_answered,
        coalesce(calls.outcome = 'abandoned', false) as is_abandoned,
        coalesce(
            calls.outcome = 'abandoned'
            and calls.wait_seconds <= {{ var('short_abandon_seconds') }},
            false
        ) as is_short_abandon,
        coalesce(calls.wait_seconds <= {{ var('service_level_seconds') }}, false)
            as is_within_service_level,
        calls.linked_by is not null as is_linked,
        calls.is_resolved,
        calls.is_resolution_assumed,

        -- measures
        calls.wait_seconds,
        calls.talk_seconds,
        calls.hold_seconds,
        calls.wrap_seconds,

        -- dates and timestamps
        {{ local_date('calls.started_at') }} as started_date,
        calls.started_at,
        calls.answered_at,
        calls.ended_at

    from calls
    inner join contacts on calls.contact_id = contacts.contact_id
    inner join described on calls.contact_id = described.contact_id
    left join teams
        on calls.team = teams.team and {{ is_valid_on('teams', 'calls.started_at') }}

)

select * from final

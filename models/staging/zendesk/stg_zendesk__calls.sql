{#-
    A call of Zendesk Talk can be delivered twice: the newest state of each counts. It
    names its caller as a user, whose number is the only one it has.
-#}

with

calls as (

    {{ newest('zendesk', 'calls') }}

),

users as (

    select * from {{ ref('stg_zendesk__users') }}

),

groups as (

    select * from {{ ref('stg_zendesk__groups') }}

),

placed as (

    select
        calls.*,
        users.phone_key,
        groups.team

    from calls
    left join users
        on coalesce(calls.customer_id, calls.end_user_id) = users.user_id
    left join groups on calls.call_group_id = groups.group_id

),

final as (

    select
        -- keys
        id as call_source_id,
        ticket_id as contact_source_id,
        coalesce(customer_id, end_user_id) as customer_source_id,
        agent_id as agent_source_id,
        phone_key,

        -- attributes
        call_group_id as queue,
        lower(direction) as direction,
        case
            when voicemail = 'true' then 'voicemail'
            when
                completion_status = 'completed'
                and (agent_id is not null or talk_time::bigint > 0)
                then 'answered'
            when direction = 'outbound' then null
            when callback = 'true' then 'callback'
            when completion_status = 'abandoned_in_queue' then 'abandoned'
            when completion_status in ('abandoned_in_ivr', 'completed') then 'ivr_exit'
            when completion_status = 'abandoned_in_voicemail' then 'abandoned'
            when completion_status = 'abandoned_on_hold' then 'answered'
            when completion_status in ('failed', 'not_answered') then 'overflow'
            else completion_status
        end as outcome,
        team,
        null::string as site,
        null::string as contact_reason,

        -- flags
        null::boolean as is_resolved,

        -- measures
        wait_time::bigint as wait_seconds,
        talk_time::bigint as talk_seconds,
        hold_time::bigint as hold_seconds,
        wrap_up_time::bigint as wrap_seconds,

        -- timestamps
        {{ to_utc('coalesce(call_started_at, created_at)') }} as started_at,
        null::timestamp as answered_at,
        coalesce(
            {{ to_utc('call_ended_at') }},
            {{ to_utc('created_at') }} + duration::bigint * interval '1 second'
        ) as ended_at

    from placed

)

select * from final

{#- A call in two reports counts as the last file, by name, says. -#}

with

calls as (

    {{ newest('five9', 'calls', key='call_id', at='') }}

),

directed as (

    select
        call_id,
        call_type,
        campaign,
        skill,
        agent,
        disposition,
        ani,
        dnis,
        abandoned,
        talk_time,
        hold_time,
        after_call_work_time,
        case
            when lower(call_type) like 'inbound%' then 'inbound'
            when lower(call_type) like 'internal%' then 'internal'
            else 'outbound'
        end as direction,
        {{ to_utc('call_timestamp', var('five9_timezone')) }} as started_at,
        queue_wait_time::bigint + coalesce(ring_time::bigint, 0) as waited_seconds

    from calls

),

final as (

    select
        -- keys
        call_id as call_source_id,
        null::string as contact_source_id,
        null::string as customer_source_id,
        {{ agent_key('agent') }} as agent_source_id,
        case
            when direction = 'inbound' then {{ phone_key('ani') }}
            else {{ phone_key('dnis') }}
        end as phone_key,

        -- attributes
        coalesce(skill, campaign) as queue,
        direction,
        case
            when direction = 'inbound' and agent is not null then 'answered'
            when direction != 'inbound' and talk_time::bigint > 0 then 'answered'
            when direction != 'inbound' then null
            when lower(call_type) = 'inbound voicemail' then 'voicemail'
            when abandoned = 'true' then 'abandoned'
            {%- for disposition, outcome in var('five9_outcomes').items() %}
            when lower(disposition) = '{{ disposition | lower }}' then '{{ outcome }}'
            {%- endfor %}
            else lower(disposition)
        end as outcome,
        null::string as team,
        null::string as site,
        null::string as contact_reason,

        -- flags
        null::boolean as is_resolved,

        -- measures
        waited_seconds as wait_seconds,
        talk_time::bigint as talk_seconds,
        hold_time::bigint as hold_seconds,
        after_call_work_time::bigint as wrap_seconds,

        -- timestamps
        started_at,
        null::timestamp as answered_at,
        null::timestamp as ended_at

    from directed

)

select * from final

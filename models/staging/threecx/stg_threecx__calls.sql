{#-
    One call per history id: a transfer writes further records under it. What was dialled
    first is the queue, who held the call last the agent.
-#}

with

records as (

    select * from {{ ref('stg_threecx__records') }}

),

assembled as (

    select
        call_source_id,
        min_by(from_no, (started_at, record_id)) as from_no,
        min_by(to_no, (started_at, record_id)) as to_no,
        min_by(to_dn, (started_at, record_id)) as to_dn,
        bool_or(is_from_extension) as is_from_extension,
        max_by(final_number, (started_at, record_id)) as final_number,
        max_by(final_type, (started_at, record_id)) as final_type,
        min(started_at) as started_at,
        min(answered_at) as answered_at,
        max(ended_at) as ended_at

    from records
    group by all

),

judged as (

    select
        *,
        case
            when is_from_extension and to_no like 'Ext.%' then 'internal'
            when is_from_extension then 'outbound'
            else 'inbound'
        end as direction,
        -- a queue, a menu or a mailbox picks up too
        case
            when final_number like 'VMail%' or final_type = 'voicemail'
                then 'voicemail'
            when answered_at is null or final_type = 'queue' then 'abandoned'
            when final_type = 'ivr' then 'ivr_exit'
            else 'answered'
        end as ending

    from assembled

),

final as (

    select
        -- keys
        call_source_id,
        null::string as contact_source_id,
        null::string as customer_source_id,
        case
            when ending = 'answered'
                then case when direction = 'inbound' then final_number else from_no end
        end as agent_source_id,
        case
            when direction = 'inbound' then {{ phone_key('from_no') }}
            else {{ phone_key('to_no') }}
        end as phone_key,

        -- attributes
        to_dn as queue,
        direction,
        case when direction = 'inbound' or ending = 'answered' then ending end
            as outcome,
        null::string as team,
        null::string as site,
        null::string as contact_reason,

        -- flags
        null::boolean as is_resolved,

        -- measures
        -- who gives up has waited to the end, music or not
        case
            when ending in ('answered', 'voicemail')
                then {{ seconds_between(
                    'started_at', 'coalesce(answered_at, ended_at)'
                ) }}
            else {{ seconds_between('started_at', 'ended_at') }}
        end as wait_seconds,
        case
            when ending = 'answered'
                then {{ seconds_between('answered_at', 'ended_at') }}
        end as talk_seconds,
        null::bigint as hold_seconds,
        null::bigint as wrap_seconds,

        -- timestamps
        started_at,
        case when ending = 'answered' then answered_at end as answered_at,
        ended_at

    from judged

)

select * from final

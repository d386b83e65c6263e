{#-
    Records are delivered at least once, and again when they change: the latest update
    of each counts. Attribute names differ by case, so they are read from the JSON.
-#}

with

contact_records as (

    {{ newest(
        'amazon_connect', 'contact_records', key='contact_id',
        at=to_utc('last_update_timestamp')
    ) }}

),

final as (

    select
        -- keys
        contact_id as record_id,
        initial_contact_id as initial_record_id,
        case
            when initiation_method in ('OUTBOUND', 'CALLBACK') then contact_id
            else coalesce(initial_contact_id, contact_id)
        end as root_id,
        {{ agent_key('agent_username') }} as agent_source_id,
        case
            when customer_address_type = 'TELEPHONE_NUMBER'
                then {{ phone_key('customer_address') }}
        end as phone_key,

        -- attributes
        lower(channel) as channel,
        upper(initiation_method) as initiation_method,
        queue_name as queue,
        {{ json_member(
            'attributes', "'" ~ var('amazon_connect_reason_attribute') ~ "'"
        ) }} as contact_reason,
        disconnect_reason,

        -- measures
        agent_interaction_duration::bigint as talk_seconds,
        customer_hold_duration::bigint as hold_seconds,
        after_contact_work_duration::bigint as wrap_seconds,

        -- timestamps
        {{ to_utc('initiation_timestamp') }} as started_at,
        {{ to_utc('queue_enqueue_timestamp') }} as enqueued_at,
        {{ to_utc('queue_dequeue_timestamp') }} as dequeued_at,
        {{ to_utc('agent_connected_timestamp') }} as answered_at,
        {{ to_utc('disconnect_timestamp') }} as ended_at

    from contact_records

)

select * from final

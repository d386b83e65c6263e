{#- A message exported again, engaged since, counts as the last file, by name, says. -#}

with

proactive_messages as (

    {{ newest('generic', 'proactive_messages', key='message_id', at='') }}

),

final as (

    select
        -- keys
        message_id as message_source_id,
        customer_id as customer_source_id,
        {{ email_key('customer_email') }} as email_key,

        -- attributes
        campaign,

        -- timestamps
        {{ to_utc('sent_at', var('generic_timezone')) }} as sent_at,
        {{ to_utc('engaged_at', var('generic_timezone')) }} as engaged_at

    from proactive_messages

)

select * from final

{#- A message exported again, engaged since, counts as the last file, by name, says. -#}

with

source as (

    select * from {{ source('generic', 'proactive_messages') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by message_id
            order by _file desc, _line desc
        ) as recency

    from source

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

    from ranked
    where recency = 1

)

select * from final

with

messages as (

    select * from {{ ref('stg_generic__proactive_messages') }}

),

final as (

    select
        -- keys
        'generic:' || message_source_id as message_id,
        'generic' as source_system,
        message_source_id as source_id,
        {{ identity_id(
            "'generic'", 'customer_source_id', 'email_key', 'cast(null as string)'
        ) }} as identity_id,
        customer_source_id,
        email_key,

        -- attributes
        campaign,

        -- timestamps
        sent_at,
        engaged_at

    from messages

)

select * from final

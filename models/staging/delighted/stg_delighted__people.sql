{#- A person exported again counts as asked last. -#}

with

people as (

    {{ newest('delighted', 'people', at='last_sent_at::bigint') }}

),

final as (

    select
        -- keys
        id as customer_source_id,
        {{ email_key('email') }} as email_key,
        {{ phone_key('phone_number') }} as phone_key,

        -- timestamps
        {{ epoch_to_utc('last_sent_at') }} as invited_at

    from people

)

select * from final

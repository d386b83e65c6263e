{#- A person exported again counts as asked last. -#}

with

source as (

    select * from {{ source('delighted', 'people') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by id
            order by last_sent_at::bigint desc nulls last, _file desc, _line desc
        ) as recency

    from source

),

final as (

    select
        -- keys
        id as customer_source_id,
        {{ email_key('email') }} as email_key,
        {{ phone_key('phone_number') }} as phone_key,

        -- timestamps
        {{ epoch_to_utc('last_sent_at') }} as invited_at

    from ranked
    where recency = 1

)

select * from final

{#- Names, e-mails and phones stop here: what leaves are keys. -#}

with

source as (

    select * from {{ source('zendesk', 'users') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by id
            order by
                {{ to_utc('updated_at') }} desc nulls last, _file desc, _line desc
        ) as recency

    from source

),

final as (

    select
        -- keys
        id as user_id,
        {{ email_key('email') }} as email_key,
        {{ phone_key('phone') }} as phone_key,

        -- attributes
        role,

        -- flags
        role in ('agent', 'admin') as is_staff,
        coalesce(active, 'true') = 'true' as is_active

    from ranked
    where recency = 1

)

select * from final

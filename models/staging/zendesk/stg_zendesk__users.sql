{#- Names, e-mails and phones stop here: what leaves are keys. -#}

with

users as (

    {{ newest('zendesk', 'users') }}

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

    from users

)

select * from final

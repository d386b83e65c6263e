{#-
    Says who each identity is. The e-mail decides; an account or a phone stands for the
    one e-mail it is seen with, and for itself when it is seen with none or several, so
    that a switchboard or a household line never merges people. No step follows a chain,
    so the outcome depends on nobody's order of arrival.
-#}

with

contacts as (

    select * from {{ ref('int_contacts_unioned') }}

),

calls as (

    select * from {{ ref('int_calls_unioned') }}

),

answers as (

    select * from {{ ref('int_survey_answers_unioned') }}

),

orders as (

    select * from {{ ref('int_orders_unioned') }}

),

messages as (

    select * from {{ ref('int_proactive_messages_unioned') }}

),

identities as (

    select
        identity_id,
        source_system,
        customer_source_id,
        email_key,
        phone_key
    from contacts
    union
    select
        identity_id,
        source_system,
        customer_source_id,
        null as email_key,
        phone_key
    from calls
    union
    select
        identity_id,
        source_system,
        customer_source_id,
        email_key,
        null as phone_key
    from answers
    union
    select
        identity_id,
        source_system,
        customer_source_id,
        email_key,
        phone_key
    from orders
    union
    select
        identity_id,
        source_system,
        customer_source_id,
        email_key,
        null as phone_key
    from messages

),

accounts as (

    select
        source_system,
        customer_source_id,
        case when count(distinct email_key) = 1 then min(email_key) end as email_key,
        case when count(distinct phone_key) = 1 then min(phone_key) end as phone_key

    from identities
    group by source_system, customer_source_id

),

reached as (

    select
        identities.identity_id,
        identities.source_system,
        identities.customer_source_id,
        coalesce(identities.email_key, accounts.email_key) as email_key,
        coalesce(identities.phone_key, accounts.phone_key) as phone_key

    from identities
    left join accounts
        on
            identities.source_system = accounts.source_system
            and identities.customer_source_id = accounts.customer_source_id
    where identities.identity_id is not null

),

phones as (

    select
        phone_key,
        count(distinct email_key) as emails,
        min(email_key) as email_key

    from reached
    group by phone_key

),

named as (

    select
        reached.identity_id,
        case
            when reached.email_key is not null then 'email'
            when phones.emails = 1 then 'email'
            when phones.emails = 0 then 'phone'
            when reached.customer_source_id is not null then 'account'
            else 'phone'
        end as identified_by,
        coalesce(
            reached.email_key, case when phones.emails = 1 then phones.email_key end
        ) as email_key,
        reached.phone_key,
        reached.customer_source_id,
        reached.source_system || '|' || reached.customer_source_id as account_key

    from reached
    left join phones on reached.phone_key = phones.phone_key

),

final as (

    select
        -- keys
        identity_id,
        md5(concat_ws(
            '|',
            identified_by,
            case identified_by
                when 'email' then email_key
                when 'phone' then phone_key
                when 'account' then account_key
            end
        )) as customer_id,

        customer_source_id,
        email_key,

        -- attributes
        identified_by

    from named

)

select * from final

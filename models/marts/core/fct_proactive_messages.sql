with

messages as (

    select * from {{ ref('int_proactive_messages_unioned') }}

),

identities as (

    select * from {{ ref('int_customer_identities_resolved') }}

),

contacts as (

    select * from {{ ref('int_contacts_conformed') }}

),

customer_values as (

    select * from {{ ref('int_customers_valued') }}

),

bands as (

    select * from {{ ref('int_customers_banded') }}

),

horizon as (

    select * from {{ ref('int_data_horizon') }}

),

identified as (

    select
        messages.*,
        identities.customer_id

    from messages
    left join identities on messages.identity_id = identities.identity_id

),

followed as (

    select
        identified.message_id,
        count(*) as contacts_after

    from identified
    inner join contacts
        on
            identified.customer_id = contacts.customer_id
            and identified.sent_at < contacts.opened_at
            and {{ is_within_days(
                'identified.sent_at', 'contacts.opened_at', var('proactive_days')
            ) }}
    where contacts.is_countable
    group by all

),

final as (

    select
        -- keys
        identified.message_id,
        identified.source_system,
        identified.source_id,
        identified.customer_id,

        -- attributes
        identified.campaign,
        customer_values.region,
        bands.value_band,

        -- flags
        identified.engaged_at is not null as is_engaged,
        -- what follows is known of customers we know, once its time has passed
        identified.customer_id is not null
        and {{ has_elapsed(
            'identified.sent_at', var('proactive_days'), 'horizon.as_of'
        ) }} as is_mature,
        coalesce(followed.contacts_after, 0) > 0 as is_followed_by_contact,

        -- dates and timestamps
        {{ local_date('identified.sent_at') }} as sent_date,
        identified.sent_at,
        identified.engaged_at

    from identified
    left join followed on identified.message_id = followed.message_id
    left join customer_values on identified.customer_id = customer_values.customer_id
    left join bands
        on
            identified.customer_id = bands.customer_id
            and date_trunc('quarter', {{ local_date('identified.sent_at') }})::date
            = bands.quarter_start_date
    cross join horizon

)

select * from final

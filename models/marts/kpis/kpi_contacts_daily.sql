with

contacts as (

    select * from {{ ref('fct_contacts') }}

),

final as (

    select
        -- grain
        opened_date as date_day,
        coalesce(channel, 'unknown') as channel,
        coalesce(contact_reason, 'unknown') as contact_reason,
        coalesce(team, 'unknown') as team,

        -- components
        count(*) as contacts_landed,
        count(*) filter (where is_countable) as contacts,
        count(*) filter (where not is_countable) as contacts_excluded,
        count(*) filter (where is_countable and is_identified) as contacts_identified,
        count(*) filter (where is_countable and is_resolved) as contacts_resolved,
        count(*) filter (
            where is_countable and is_resolved and is_resolution_assumed
        ) as contacts_assumed_resolved

    from contacts
    group by all

)

select * from final

with

contacts as (

    select * from {{ ref('fct_contacts') }}

),

final as (

    select
        -- grain
        opened_date as date_day,
        {{ cut_columns(contact_cuts()) }}
        -- components
        count(*) as contacts_landed,
        count(*) filter (where is_countable) as contacts,
        count(*) filter (where not is_countable) as contacts_excluded,
        count(*) filter (where is_countable and is_identified) as contacts_identified,
        count(*) filter (where is_countable and is_resolved) as contacts_resolved,
        count(*) filter (
            where is_countable and is_resolved and is_resolution_assumed
        ) as contacts_assumed_resolved,
        count(*) filter (where is_countable and is_handled) as contacts_handled,
        count(*) filter (
            where is_countable and is_handled and is_transferred
        ) as contacts_transferred,
        count(*) filter (where is_countable and tier = '1') as contacts_tier_1,
        count(*) filter (
            where is_countable and tier = '1' and is_escalated
        ) as contacts_escalated,
        count(*) filter (where is_automation_eligible) as contacts_automation_eligible,
        count(*) filter (where is_automated) as contacts_automated

    from contacts
    group by all

)

select * from final

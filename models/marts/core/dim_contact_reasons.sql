with

contacts as (

    select * from {{ ref('int_contacts_conformed') }}

),

reasons as (

    select * from {{ ref('contact_reasons') }}

),

seen as (

    select contact_reason from contacts
    union
    select contact_reason from reasons

),

final as (

    select
        seen.contact_reason,
        coalesce(reasons.label_en, seen.contact_reason) as label_en,
        coalesce(reasons.label_fr, seen.contact_reason) as label_fr,
        reasons.journey_stage

    from seen
    left join reasons on seen.contact_reason = reasons.contact_reason
    where seen.contact_reason is not null

)

select * from final

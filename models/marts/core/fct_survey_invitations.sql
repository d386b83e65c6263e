with

invitations as (

    select * from {{ ref('int_survey_invitations_unioned') }}

),

contacts as (

    select * from {{ ref('int_contacts_conformed') }}

),

described as (

    select * from {{ ref('int_contacts_described') }}

),

final as (

    select
        -- keys
        invitations.invitation_id,
        invitations.source_system,
        invitations.source_id,
        invitations.survey_id,
        invitations.contact_id,
        contacts.customer_id,
        contacts.agent_id,

        -- attributes
        contacts.channel,
        contacts.contact_reason,
        described.journey_stage,
        described.product_category,
        contacts.team,
        described.tier,
        described.site,
        described.partner,
        described.region,
        described.segment,
        described.value_band,
        described.tenure_band,
        described.frequency_band,

        -- flags
        contacts.is_countable as is_counted,
        invitations.is_delivered,
        invitations.is_responded,

        -- dates and timestamps
        {{ local_date('invitations.invited_at') }} as invited_date,
        invitations.invited_at

    from invitations
    inner join contacts on invitations.contact_id = contacts.contact_id
    inner join described on invitations.contact_id = described.contact_id

)

select * from final

with

reviews as (

    select * from {{ ref('stg_generic__quality_reviews') }}

),

contact_references as (

    select * from {{ ref('int_contact_references') }}

),

contacts as (

    select * from {{ ref('int_contacts_conformed') }}

),

described as (

    select * from {{ ref('int_contacts_described') }}

),

aliases as (

    select * from {{ ref('agent_aliases') }}

),

-- two systems may use one number: the first by name is taken, the same in every build
found as (

    select
        reference,
        min(contact_id) as contact_id

    from contact_references
    group by all

),

final as (

    select
        -- keys
        'generic:' || reviews.review_source_id as review_id,
        'generic' as source_system,
        reviews.review_source_id as source_id,
        found.contact_id,
        coalesce(
            aliases.agent_source_system || ':' || aliases.agent_source_id,
            'generic:' || reviews.agent_source_id,
            contacts.agent_id
        ) as agent_id,

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
        coalesce(contacts.is_countable, true) as is_counted,

        -- measures
        reviews.points,
        reviews.possible_points,

        -- dates and timestamps
        {{ local_date('reviews.reviewed_at') }} as reviewed_date,
        reviews.reviewed_at

    from reviews
    left join found on reviews.contact_source_id = found.reference
    left join contacts on found.contact_id = contacts.contact_id
    left join described on found.contact_id = described.contact_id
    left join aliases
        on
            reviews.agent_source_id = aliases.source_agent_id
            and aliases.source_system = 'generic'

)

select * from final

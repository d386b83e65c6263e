{#-
    Seconds on the business clock of the contact's site. Every instant becomes a position
    on that clock: open seconds before its day, and those of its day up to then.
-#}

with

contacts as (

    select * from {{ ref('int_contacts_conformed') }}

),

described as (

    select * from {{ ref('int_contacts_described') }}

),

sites as (

    select * from {{ ref('sites') }}

),

business_hours as (

    select * from {{ ref('int_business_hours_dated') }}

),

sited as (

    select
        contacts.*,
        coalesce(sites.site, '{{ var("default_site") }}') as site

    from contacts
    left join described on contacts.contact_id = described.contact_id
    left join sites on described.site = sites.site

),

instants as (

    {% for instant in [
        'opened_at', 'response_started_at', 'first_response_at', 'resolved_at'
    ] %}
    select
        contact_id,
        site,
        '{{ instant }}' as instant,
        {{ instant }} as occurred_at

    from sited
    where {{ instant }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

zoned as (

    select
        instants.*,
        {{ utc_to_zoned('instants.occurred_at', 'sites.timezone') }}::date
            as local_date

    from instants
    inner join sites on instants.site = sites.site

),

positioned as (

    select
        zoned.contact_id,
        zoned.instant,
        any_value(business_hours.seconds_open_before)
        + sum(
            coalesce(
                least(
                    greatest(
                        {{ seconds_between(
                            'business_hours.opens_at', 'zoned.occurred_at'
                        ) }},
                        0
                    ),
                    business_hours.open_seconds
                ),
                0
            )
        ) as position_seconds

    from zoned
    inner join business_hours
        on
            zoned.site = business_hours.site
            and zoned.local_date = business_hours.local_date
    group by all

),

pivoted as (

    select
        contact_id,
        any_value(position_seconds) filter (where instant = 'opened_at') as opened,
        any_value(position_seconds) filter (
            where instant = 'response_started_at'
        ) as started,
        any_value(position_seconds) filter (
            where instant = 'first_response_at'
        ) as responded,
        any_value(position_seconds) filter (where instant = 'resolved_at') as resolved

    from positioned
    group by all

),

final as (

    select
        -- keys
        contact_id,

        -- measures
        (responded - started)::bigint as first_response_business_seconds,
        (resolved - opened)::bigint as resolution_business_seconds

    from pivoted

)

select * from final

{#-
    The opening hours of every site, day by day, in UTC, with the seconds open before
    each day: what elapsed between two instants is one subtraction, however long it was.
-#}

with

contacts as (

    select * from {{ ref('int_contacts_conformed') }}

),

sites as (

    select * from {{ ref('sites') }}

),

business_hours as (

    select * from {{ ref('business_hours') }}

),

holidays as (

    select * from {{ ref('holidays') }}

),

-- a day more on both sides: a site's own day may begin before ours
span as (

    select
        min(opened_at) - interval '1 day' as first_at,
        max(greatest(opened_at, first_response_at, resolved_at)) + interval '1 day'
            as last_at

    from contacts

),

days as (

    select {{ date_spine('first_at::date', 'last_at::date') }} as local_date
    from span

),

opened as (

    select
        sites.site,
        sites.timezone,
        days.local_date,
        case
            when holidays.holiday_date is null
                then
                    {{ zoned_to_utc(
                        "days.local_date::timestamp + "
                        ~ time_of_day("business_hours.opens_at"),
                        "sites.timezone"
                    ) }}
        end as opens_at,
        case
            when holidays.holiday_date is null
                then
                    {{ zoned_to_utc(
                        "days.local_date::timestamp + "
                        ~ time_of_day("business_hours.closes_at"),
                        "sites.timezone"
                    ) }}
        end as closes_at

    from sites
    cross join days
    left join business_hours
        on
            sites.site = business_hours.site
            and {{ iso_weekday('days.local_date') }} = business_hours.iso_weekday
            and days.local_date
            between business_hours.valid_from and business_hours.valid_to
    left join holidays
        on
            sites.site = holidays.site
            and days.local_date = holidays.holiday_date

),

measured as (

    select
        *,
        coalesce({{ seconds_between('opens_at', 'closes_at') }}, 0) as open_seconds

    from opened

),

final as (

    select
        -- grain
        site,
        local_date,
        opens_at,

        -- attributes
        timezone,

        -- measures
        open_seconds::bigint as open_seconds,
        (
            sum(open_seconds) over (partition by site order by local_date)
            - sum(open_seconds) over (partition by site, local_date)
        )::bigint as seconds_open_before,

        -- timestamps
        closes_at

    from measured

)

select * from final

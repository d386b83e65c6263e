-- A site that nobody declared would leave every contact without one off the clock.

with

sites as (

    select sites.site
    from {{ ref('sites') }} as sites
    inner join {{ ref('business_hours') }} as business_hours
        on sites.site = business_hours.site

)

select '{{ var("default_site") }}' as default_site
where '{{ var("default_site") }}' not in (select site from sites)

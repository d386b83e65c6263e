{#-
    By how much more of the customers who contacted us are lost than of those who did not
    and had ordered as often and as lately. Few cases are moved towards the many.
-#}

with

observed as (

    select
        *,
        least(floor(silent_days / 30), 4) as silence_band,
        {{ frequency_band('orders') }} as order_band,
        is_lost::integer as lost

    from {{ ref('int_customers_observed') }}
    where is_lost is not null

),

quiet as (

    select
        observed_at,
        silence_band,
        order_band,
        avg(lost) as lost_share

    from observed
    where contacts = 0 and not is_detractor
    group by all

),

compared as (

    select
        observed.contact_reason,
        observed.wait_band,
        observed.is_detractor,
        observed.contacts,
        observed.lost,
        quiet.lost_share

    from observed
    inner join quiet
        on
            observed.observed_at = quiet.observed_at
            and observed.silence_band = quiet.silence_band
            and observed.order_band = quiet.order_band
    where observed.contacts > 0 or observed.is_detractor

),

everybody as (

    select coalesce(sum(lost - lost_share) / nullif(count(*), 0), 0) as churn_uplift
    from compared

),

reasons as (

    select
        compared.contact_reason,
        count(*) as observations,
        (
            sum(compared.lost - compared.lost_share)
            + {{ var('min_sample') }} * max(everybody.churn_uplift)
        ) / (count(*) + {{ var('min_sample') }}) as churn_uplift

    from compared
    cross join everybody
    where compared.contacts > 0
    group by all

),

cells as (

    select
        'open contact' as risk_source,
        compared.contact_reason,
        compared.wait_band,
        count(*) as observations,
        sum(compared.lost) as customers_lost,
        sum(compared.lost_share) as customers_expected_lost,
        (
            sum(compared.lost - compared.lost_share)
            + {{ var('min_sample') }} * max(reasons.churn_uplift)
        ) / (count(*) + {{ var('min_sample') }}) as churn_uplift

    from compared
    inner join reasons on compared.contact_reason = reasons.contact_reason
    group by all
    union all
    select
        'detractor' as risk_source,
        'all' as contact_reason,
        'all' as wait_band,
        count(*) as observations,
        sum(compared.lost) as customers_lost,
        sum(compared.lost_share) as customers_expected_lost,
        (
            sum(compared.lost - compared.lost_share)
            + {{ var('min_sample') }} * max(everybody.churn_uplift)
        ) / (count(*) + {{ var('min_sample') }}) as churn_uplift

    from compared
    cross join everybody
    where compared.is_detractor
    -- where nobody is one, there is no row of nothing
    group by all
    having count(*) > 0

),

-- for what a cell has never seen: its reason, else everybody
wider as (

    select
        'open contact' as risk_source,
        contact_reason,
        'all' as wait_band,
        observations,
        churn_uplift
    from reasons
    union all
    select
        'open contact' as risk_source,
        'all' as contact_reason,
        'all' as wait_band,
        null as observations,
        churn_uplift
    from everybody

),

final as (

    select
        -- grain
        risk_source,
        contact_reason,
        wait_band,

        -- measures
        observations,
        customers_lost::bigint as customers_lost,
        -- doubles add up to the last digit in one order only
        round(customers_expected_lost, 6) as customers_expected_lost,
        round(churn_uplift, 6) as churn_uplift

    from cells
    union all
    select
        risk_source,
        contact_reason,
        wait_band,
        observations,
        null as customers_lost,
        null as customers_expected_lost,
        round(churn_uplift, 6) as churn_uplift

    from wider

)

select * from final

{#- The customers of one month, at the end of every month since. -#}

with

summarised as (

    select
        *,
        date_trunc('month', first_order_date)::date as cohort_month_date,
        date_trunc('month', as_of_date)::date as month_start_date

    from {{ ref('int_customers_summarised') }}

),

churn_thresholds as (

    select * from {{ ref('int_churn_thresholds') }}

),

-- of a running month nobody knows yet who will order
complete as (

    select *
    from summarised
    where as_of_date + interval '1 day' = month_start_date + interval '1 month'

),

final as (

    select
        -- grain
        complete.cohort_month_date,
        (
            12 * (
                extract(year from complete.month_start_date)
                - extract(year from complete.cohort_month_date)
            )
            + extract(month from complete.month_start_date)
            - extract(month from complete.cohort_month_date)
        )::integer as months_since,

        -- components
        count(*) as customers,
        count(*) filter (
            where complete.age_days - complete.recency_days
            <= churn_thresholds.churn_days
        ) as customers_active,
        count(*) filter (
            where complete.age_days - complete.recency_days
            > churn_thresholds.churn_days
        ) as customers_lost,
        count(*) filter (
            where complete.last_order_date >= complete.month_start_date
        ) as customers_ordering,
        sum(complete.margin_to_date_amount)::decimal(18, 2) as margin_to_date_amount,

        -- dates
        complete.month_start_date

    from complete
    inner join churn_thresholds
        on
            date_trunc('year', complete.month_start_date)::date
            = churn_thresholds.year_start_date
    group by all

)

select * from final

with

projected as (

    select * from {{ ref('int_customers_projected') }}

),

actives as (

    select *
    from {{ ref('int_customers_observed') }}
    where is_lost is null

),

scored as (

    select * from {{ ref('int_customers_scored') }}

),

horizon as (

    select {{ local_date('greatest(first_event_at, as_of)') }} as as_of_date
    from {{ ref('int_data_horizon') }}

),

final as (

    select
        -- keys
        projected.customer_id,

        -- flags
        actives.customer_id is not null as is_active,

        -- measures
        projected.alive_probability,
        projected.expected_orders as expected_orders_12m,
        projected.expected_margin::decimal(18, 2) as expected_margin_12m_amount,
        -- who has been silent for too long is not at risk, but lost
        case
            when actives.customer_id is null then 1
            else scored.churn_probability
        end as churn_probability

    from projected
    inner join horizon on projected.as_of_date = horizon.as_of_date
    left join actives on projected.customer_id = actives.customer_id
    left join scored on projected.customer_id = scored.customer_id

)

select * from final

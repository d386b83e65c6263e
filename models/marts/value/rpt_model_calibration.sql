{#- What was predicted beside what came, from the tenth rated lowest to the highest. -#}

with

tested as (

    select
        *,
        ntile(10) over (
            partition by model_id order by predicted, customer_id
        ) as predicted_decile

    from {{ ref('int_predictions_tested') }}

),

final as (

    select
        -- grain
        model_id,
        predicted_decile::bigint as predicted_decile,

        -- components
        count(*) as customers,
        sum(predicted::decimal(18, 6))::double as predicted_total,
        sum(baseline_predicted::decimal(18, 6))::double as baseline_total,
        sum(actual::decimal(18, 6))::double as actual_total

    from tested
    group by all

)

select * from final

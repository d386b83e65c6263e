{#- A prediction is to be trusted where it gains on a rule of thumb beyond chance. -#}

with

judged as (

    select * from {{ ref('int_models_judged') }}

),

final as (

    select
        -- grain
        model_id,
        metric,

        -- flags
        coalesce(gain_low > 0, false) as is_better_than_baseline,

        -- measures
        customers,
        metric_value,
        interval_low,
        interval_high,
        baseline_value,
        gain_low,
        gain_high

    from judged

)

select * from final

with

estimated as (

    select * from {{ ref('int_drivers_estimated') }}

),

final as (

    select
        -- grain
        outcome,
        driver,
        level,

        -- attributes
        place,

        -- flags
        effect_low > 0 or effect_high < 0 as is_effect_clear,

        -- measures
        from_value,
        to_value,
        effect,
        effect_low,
        effect_high,
        importance,
        importance_low,
        importance_high,
        observations,
        holdout_observations,
        holdout_auc

    from estimated

)

select * from final

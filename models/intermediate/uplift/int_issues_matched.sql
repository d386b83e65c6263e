{#- Each contacted window beside what comparable customers do without a contact. -#}

with

windows as (

    select * from {{ ref('int_uplift_windows_followed') }}

),

strata as (

    select * from {{ ref('int_uplift_strata_weighed') }}

),

final as (

    select
        -- keys
        windows.comparison,
        windows.issue_id,
        windows.customer_id,
        windows.stratum_id,

        -- flags
        strata.stratum_id is not null as is_matched,
        windows.is_ordered,

        -- measures
        windows.margin_amount,
        strata.baseline_share,
        strata.baseline_margin,
        strata.baseline_share_variance,
        strata.baseline_margin_variance,
        strata.windows_contacted

    from windows
    left join strata on windows.stratum_id = strata.stratum_id
    where windows.is_contacted

)

select * from final

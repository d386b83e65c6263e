with

issues as (

    select * from {{ ref('fct_issues') }}

),

matched as (

    select
        issue_id,
        100 * (is_ordered::integer - baseline_share) as uplift_points,
        -- what a stratum's baseline lacks in certainty, all its issues lack
        10000 * windows_contacted * baseline_share_variance as baseline_squared

    from {{ ref('int_issues_matched') }}
    where comparison = 'effect' and is_matched

),

costed as (

    select
        issues.*,
        issues.is_resolved and issues.is_costed as is_costed_resolution,
        matched.issue_id is not null as is_matched,
        matched.uplift_points::decimal(18, 2) as uplift_points,
        (
            matched.uplift_points * matched.uplift_points + matched.baseline_squared
        )::decimal(18, 4) as uplift_squared

    from issues
    left join matched on issues.issue_id = matched.issue_id

),

final as (

    select
        -- grain
        ended_date as date_day,
        {{ cut_columns(contact_cuts()) }}
        -- components
        count(*) filter (where is_repurchase_eligible) as issues_repurchase_eligible,
        count(*) filter (where is_repurchased) as issues_repurchased,
        {% for days in repurchase_variant_days() -%}
        count(*) filter (where is_repurchase_eligible_{{ days }}d)
            as issues_repurchase_eligible_{{ days }}d,
        count(*) filter (where is_repurchased_{{ days }}d)
            as issues_repurchased_{{ days }}d,
        {% endfor -%}
        count(*) filter (where is_matched) as issues_matched,
        coalesce(sum(uplift_points), 0)::decimal(18, 2) as uplift_points,
        coalesce(sum(uplift_squared), 0)::decimal(38, 4) as uplift_squared,
        count(*) filter (where is_costed_resolution) as issues_resolved,
        coalesce(
            sum(issue_cost_amount) filter (where is_costed_resolution), 0
        )::decimal(18, 2) as resolution_cost_amount,
        coalesce(
            sum(issue_cost_amount * issue_cost_amount) filter (
                where is_costed_resolution
            ), 0
        )::decimal(38, 4) as resolution_cost_squared

    from costed
    group by all

)

select * from final

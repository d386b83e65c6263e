with

issues as (

    select * from {{ ref('fct_issues') }}

),

costed as (

    select
        *,
        is_resolved and is_costed as is_costed_resolution

    from issues

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

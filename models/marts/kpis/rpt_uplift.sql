{#-
    How much more customers buy after a contact than they would have: what each did less
    its baseline, meant over whatever is looked at. Two things make the mean uncertain:
    which customers asked (a customer counts once, however often), and how well the
    baseline of each stratum is known. Proven is what an experiment's arms differ by.
-#}
{%- set cuts = {
    'channel': 'issues.channel',
    'reason': 'issues.contact_reason',
    'team': 'issues.team',
    'site': 'issues.site',
    'partner': 'issues.partner',
    'outcome': "case when issues.is_resolved_first_time then 'first contact'
            when issues.is_resolved then 'later' else 'not resolved' end",
} %}

with

windows as (

    select * from {{ ref('int_uplift_windows_followed') }}
    where comparison = 'effect'

),

matched_issues as (

    select * from {{ ref('int_issues_matched') }}
    where comparison = 'effect'

),

issues as (

    select * from {{ ref('fct_issues') }}

),

experiments as (

    select * from {{ ref('int_experiments_compared') }}

),

everybody_quiet as (

    select
        avg(is_ordered::integer) as baseline_share,
        -- engines give the mean of decimals different scales
        sum(margin_amount)::double / count(margin_amount) as baseline_margin,
        var_samp(is_ordered::integer) / count(*) as baseline_share_variance,
        var_samp(margin_amount) / count(margin_amount) as baseline_margin_variance

    from windows
    where not is_contacted

),

compared as (

    select
        'matched' as attribution,
        issue_id,
        customer_id,
        stratum_id,
        is_ordered,
        margin_amount,
        baseline_share,
        baseline_margin,
        baseline_share_variance,
        baseline_margin_variance

    from matched_issues
    where is_matched
    union all
    select
        'observed' as attribution,
        matched_issues.issue_id,
        matched_issues.customer_id,
        'everybody' as stratum_id,
        matched_issues.is_ordered,
        matched_issues.margin_amount,
        everybody_quiet.baseline_share,
        everybody_quiet.baseline_margin,
        everybody_quiet.baseline_share_variance,
        everybody_quiet.baseline_margin_variance

    from matched_issues
    cross join everybody_quiet

),

cut_lines as (

    {% for cut, value in ({'overall': "'all'"} | dictsort) + (cuts | dictsort) %}
    select
        compared.*,
        '{{ cut }}' as cut,
        coalesce({{ value }}, 'unknown') as cut_value

    from compared
    inner join issues on compared.issue_id = issues.issue_id
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

by_stratum as (

    select
        attribution,
        cut,
        cut_value,
        stratum_id,
        count(*) * count(*) * min(baseline_share_variance) as share_variance,
        count(*) * count(*) * min(baseline_margin_variance) as margin_variance

    from cut_lines
    group by all

),

baseline_variances as (

    select
        attribution,
        cut,
        cut_value,
        sum(share_variance) as share_variance,
        sum(margin_variance) as margin_variance

    from by_stratum
    group by all

),

by_customer as (

    select
        attribution,
        cut,
        cut_value,
        customer_id,
        count(*) as issues,
        count(*) filter (where is_ordered) as issues_repurchased,
        sum(baseline_share) as baseline_share,
        sum(margin_amount) as margin_amount,
        sum(baseline_margin) as baseline_margin,
        sum(is_ordered::integer - baseline_share) as share_gain,
        sum(margin_amount::double - baseline_margin) as margin_gain

    from cut_lines
    group by all

),

summed as (

    select
        attribution,
        cut,
        cut_value,
        count(*) as customers,
        sum(issues) as issues,
        sum(issues_repurchased) as issues_repurchased,
        sum(baseline_share) as baseline_share,
        sum(margin_amount) as margin_amount,
        sum(baseline_margin) as baseline_margin,
        sum(share_gain) / sum(issues) as mean_share_gain,
        sum(margin_gain) / sum(issues) as mean_margin_gain,
        sum(issues * issues) as issues_squared,
        sum(share_gain * share_gain) as share_gain_squared,
        sum(share_gain * issues) as share_gain_times_issues,
        sum(margin_gain * margin_gain) as margin_gain_squared,
        sum(margin_gain * issues) as margin_gain_times_issues

    from by_customer
    group by all

),

errors as (

    select
        summed.*,
    {% for measure in ['share', 'margin'] -%}
    sqrt(
        greatest(
            summed.{{ measure }}_gain_squared
            - 2 * summed.mean_{{ measure }}_gain
            * summed.{{ measure }}_gain_times_issues
            + summed.mean_{{ measure }}_gain * summed.mean_{{ measure }}_gain
            * summed.issues_squared,
            0
        ) * summed.customers / nullif(summed.customers - 1, 0)
        + baseline_variances.{{ measure }}_variance
    ) / summed.issues * {{ t_quantile('summed.customers - 1') }}
        as {{ measure }}_margin_of_error
    {{- ',' if not loop.last }}
    {% endfor %}

    from summed
    inner join baseline_variances
        on
            summed.attribution = baseline_variances.attribution
            and summed.cut = baseline_variances.cut
            and summed.cut_value = baseline_variances.cut_value

),

quantiles as (

    select
        *,
        {{ t_quantile('share_degrees_of_freedom') }} as share_quantile,
        {{ t_quantile('margin_degrees_of_freedom') }} as margin_quantile

    from experiments

),

-- on the scale of logarithms, since few buyers make a mean as uncertain as it is high
ratios as (

    select
        *,
        margin_control / nullif(margin_treated, 0) as ratio,
        margin_quantile * sqrt(
            margin_variance_treated / nullif(power(margin_treated, 2), 0)
            + margin_variance_control / nullif(power(margin_control, 2), 0)
        ) as log_ratio_error

    from quantiles

),

gains as (

    select
        attribution,
        cut,
        cut_value,
        issues,
        customers,
        customers as customers_fewest,
        issues_repurchased::double / issues as repurchase_share,
        baseline_share / issues as baseline_share,
        mean_share_gain as share_gain,
        share_margin_of_error as share_error,
        margin_amount::double / issues as margin,
        baseline_margin / issues as baseline_margin,
        mean_margin_gain as margin_gain,
        margin_margin_of_error as margin_error,
        -- nothing is a share of a loss
        case when margin_amount > 0 then mean_margin_gain * issues / margin_amount end
            as incremental_share,
        case
            when margin_amount > 0
                then
                    (mean_margin_gain - margin_margin_of_error) * issues
                    / margin_amount
        end as incremental_share_low

    from errors
    union all
    select
        'proven' as attribution,
        cut,
        cut_value,
        customers_treated as issues,
        customers_treated + customers_control as customers,
        least(customers_treated, customers_control) as customers_fewest,
        share_treated as repurchase_share,
        share_control as baseline_share,
        share_treated - share_control as share_gain,
        share_quantile * sqrt(share_variance_treated + share_variance_control)
            as share_error,
        margin_treated as margin,
        margin_control as baseline_margin,
        margin_treated - margin_control as margin_gain,
        margin_quantile * sqrt(margin_variance_treated + margin_variance_control)
            as margin_error,
        case when margin_treated > 0 then 1 - ratio end as incremental_share,
        case
            when margin_treated > 0 and margin_control > 0
                then 1 - ratio * exp(log_ratio_error)
        end as incremental_share_low

    from ratios

),

final as (

    select
        -- grain
        attribution,
        cut,
        cut_value,

        -- measures
        issues::bigint as issues,
        customers::bigint as customers,
        round(100 * repurchase_share, 6) as repurchase_share,
        round(100 * baseline_share, 6) as baseline_share,
        -- of the shares as they are shown: half of the last digit goes one way
        round(
            round(100 * repurchase_share, 6) - round(100 * baseline_share, 6), 6
        ) as uplift_points,
        round(100 * (share_gain - share_error), 6) as uplift_low,
        round(100 * (share_gain + share_error), 6) as uplift_high,
        margin::decimal(18, 2) as margin_per_issue_amount,
        baseline_margin::decimal(18, 2) as baseline_margin_amount,
        margin_gain::decimal(18, 2) as margin_gain_amount,
        (margin_gain - margin_error)::decimal(18, 2) as margin_gain_low_amount,
        (margin_gain + margin_error)::decimal(18, 2) as margin_gain_high_amount,
        case
            when customers_fewest >= {{ var('min_sample') }}
                then round(100 * incremental_share, 6)
        end as incremental_share,
        case
            when customers_fewest >= {{ var('min_sample') }}
                then round(100 * incremental_share_low, 6)
        end as incremental_share_low

    from gains

)

select * from final

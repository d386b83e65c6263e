{#-
    How much more customers buy after a contact than they would have: what each did less
    its baseline, meant over whatever is looked at. Two things make the mean uncertain:
    which customers asked (a customer counts once, however often), and how well the
    baseline of each stratum is known.
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

everybody_quiet as (

    select
        avg(is_ordered::integer) as baseline_share,
        avg(margin_amount)::double as baseline_margin,
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

final as (

    select
        -- grain
        attribution,
        cut,
        cut_value,

        -- measures
        issues::bigint as issues,
        customers::bigint as customers,
        round(100.0 * issues_repurchased / issues, 6) as repurchase_share,
        round(100 * baseline_share / issues, 6) as baseline_share,
        round(100 * mean_share_gain, 6) as uplift_points,
        round(100 * (mean_share_gain - share_margin_of_error), 6) as uplift_low,
        round(100 * (mean_share_gain + share_margin_of_error), 6) as uplift_high,
        (margin_amount / issues)::decimal(18, 2) as margin_per_issue_amount,
        (baseline_margin / issues)::decimal(18, 2) as baseline_margin_amount,
        mean_margin_gain::decimal(18, 2) as margin_gain_amount,
        (mean_margin_gain - margin_margin_of_error)::decimal(18, 2)
            as margin_gain_low_amount,
        (mean_margin_gain + margin_margin_of_error)::decimal(18, 2)
            as margin_gain_high_amount,
        round(100 * mean_margin_gain * issues / nullif(margin_amount, 0), 6)
            as incremental_share,
        round(
            100 * (mean_margin_gain - margin_margin_of_error) * issues
            / nullif(margin_amount, 0),
            6
        ) as incremental_share_low

    from errors

)

select * from final

{#-
    Whether uplift may be believed. Of the matched one, balance: standardised mean differences
    of what is matched on. Overlap: how many contacts have anybody to be compared with.
    Placebo: the same comparison where no contact can have done anything. Contacted
    later: how many of the compared left because they asked too. Of an experiment, how
    many there are, and whether its arms were alike before.
-#}
{%- set characteristics = [
    'recency_days', 'orders_before', 'tenure_days', 'value_decile', 'order_in_flight'
] %}

with

windows as (

    select
        *,
        is_order_in_flight::integer as order_in_flight

    from {{ ref('int_uplift_windows_followed') }}
    where comparison = 'effect'

),

strata as (

    select * from {{ ref('int_uplift_strata_weighed') }}

),

matched as (

    select * from {{ ref('int_issues_matched') }}

),

experiments as (

    select
        *,
        prior_margin_treated - prior_margin_control as prior_margin_gain,
        {{ t_quantile('prior_margin_degrees_of_freedom') }}
        * sqrt(prior_margin_variance_treated + prior_margin_variance_control)
            as prior_margin_error

    from {{ ref('int_experiments_compared') }}
    where cut = 'experiment'

),

-- a quiet window weighs as much as the contacts it stands for
weighted as (

    select
        windows.*,
        case
            when strata.stratum_id is null then 0
            when windows.is_contacted then 1
            else strata.windows_contacted::double / strata.windows_quiet
        end as weight

    from windows
    left join strata on windows.stratum_id = strata.stratum_id

),

spreads as (

    {% for characteristic in characteristics %}
    select
        '{{ characteristic }}' as characteristic,
        is_contacted,
        avg({{ characteristic }}) as mean_before,
        var_samp({{ characteristic }}) as variance,
        sum({{ characteristic }} * weight) / nullif(sum(weight), 0) as mean_after

    from weighted
    group by all
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

balances as (

    select
        contacted.characteristic,
        (contacted.mean_before - quiet.mean_before)
        / nullif(sqrt((contacted.variance + quiet.variance) / 2), 0) as value_before,
        (contacted.mean_after - quiet.mean_after)
        / nullif(sqrt((contacted.variance + quiet.variance) / 2), 0) as value_after

    from spreads as contacted
    inner join spreads as quiet
        on
            contacted.characteristic = quiet.characteristic
            and contacted.is_contacted
            and not quiet.is_contacted

),

overlap as (

    select
        count(*) as windows,
        count(*) filter (where is_matched) as windows_matched

    from matched
    where comparison = 'effect'

),

placebo_baselines as (

    select sum(windows_contacted * windows_contacted * baseline_share_variance) as total
    from strata
    where comparison = 'placebo'

),

placebo as (

    select
        count(*) as windows,
        avg(matched.is_ordered::integer - matched.baseline_share) as gain,
        sqrt(
            count(*)
            * var_samp(matched.is_ordered::integer - matched.baseline_share)
            + min(placebo_baselines.total)
        ) / count(*) as standard_error

    from matched
    cross join placebo_baselines
    where matched.comparison = 'placebo' and matched.is_matched

),

later as (

    select sum(windows_contacted_first)::double / sum(windows_quiet) as share

    from strata
    where comparison = 'effect'

),

checks as (

    select
        'balance' as diagnostic,
        characteristic,
        value_before,
        value_after as diagnostic_value,
        null::double as interval_low,
        null::double as interval_high,
        abs(value_after) <= 0.1 as is_passed

    from balances
    union all
    select
        'overlap' as diagnostic,
        'all' as characteristic,
        null as value_before,
        100.0 * windows_matched / nullif(windows, 0) as diagnostic_value,
        null as interval_low,
        null as interval_high,
        windows_matched >= 0.8 * windows as is_passed

    from overlap
    where windows > 0
    union all
    select
        'placebo' as diagnostic,
        'all' as characteristic,
        null as value_before,
        100 * gain as diagnostic_value,
        100 * (gain - {{ t_quantile('windows - 1') }} * standard_error)
            as interval_low,
        100 * (gain + {{ t_quantile('windows - 1') }} * standard_error)
            as interval_high,
        abs(gain) <= {{ t_quantile('windows - 1') }} * standard_error as is_passed

    from placebo
    where windows > 1
    union all
    select
        'contacted later' as diagnostic,
        'all' as characteristic,
        null as value_before,
        100 * share as diagnostic_value,
        null as interval_low,
        null as interval_high,
        null as is_passed

    from later
    {%- for arm in ['treated', 'control'] %}
    union all
    select
        'customers {{ arm }}' as diagnostic,
        cut_value as characteristic,
        null as value_before,
        customers_{{ arm }} as diagnostic_value,
        null as interval_low,
        null as interval_high,
        customers_{{ arm }} >= {{ var('min_sample') }} as is_passed

    from experiments
    {%- endfor %}
    union all
    select
        'customers known' as diagnostic,
        cut_value as characteristic,
        null as value_before,
        100.0 * customers_known / (customers_treated + customers_control)
            as diagnostic_value,
        null as interval_low,
        null as interval_high,
        null as is_passed

    from experiments
    union all
    select
        'margin before' as diagnostic,
        cut_value as characteristic,
        null as value_before,
        prior_margin_gain as diagnostic_value,
        prior_margin_gain - prior_margin_error as interval_low,
        prior_margin_gain + prior_margin_error as interval_high,
        abs(prior_margin_gain) <= prior_margin_error as is_passed

    from experiments

),

final as (

    select
        -- grain
        diagnostic,
        characteristic,

        -- measures
        round(value_before::double, 6) as value_before,
        round(diagnostic_value::double, 6) as diagnostic_value,
        round(interval_low::double, 6) as interval_low,
        round(interval_high::double, 6) as interval_high,

        -- flags
        is_passed

    from checks
    where diagnostic_value is not null

)

select * from final

{#-
    How far off each method was, on days it did not know. Errors are added up as decimals:
    the order in which they come must not show.
-#}

{%- set metrics = {
    'wape': 0, 'weekly_wape': 0, 'mase': 0, 'rmse': 0, 'bias': 0, 'interval_coverage': 95,
} -%}

with

known as (

    select
        *,
        -- wider than 18 digits, since a product of two such is no wider than they are
        (contacts - expected_contacts)::decimal(20, 6) as residual,
        (date_day - origin_date - 1) // 7 as week

    from {{ ref('int_volumes_forecast') }}
    where contacts is not null

),

weeks as (

    select
        channel,
        method,
        is_chosen,
        count(*) as days,
        sum(contacts) as contacts,
        sum(residual) as residual,
        sum(abs(residual)) as absolute_error,
        sum(residual * residual) as squared_error,
        sum((abs(residual) / nullif(naive_error, 0))::decimal(18, 6)) as scaled_error,
        count(*) filter (where contacts between contacts_low and contacts_high)
            as days_inside

    from known
    group by channel, method, is_chosen, origin_date, week

),

judged as (

    select
        channel,
        method,
        is_chosen,
        sum(days)::bigint as days,
        100 * sum(absolute_error) / nullif(sum(contacts), 0) as wape,
        100 * sum(abs(residual)) / nullif(sum(contacts), 0) as weekly_wape,
        sum(scaled_error) / sum(days) as mase,
        sqrt(sum(squared_error) / sum(days)) as rmse,
        -100 * sum(residual) / nullif(sum(contacts), 0) as bias,
        100 * sum(days_inside) / sum(days) as interval_coverage

    from weeks
    group by all

),

lines as (

    {% for metric, ideal in metrics.items() -%}
    select
        channel,
        method,
        '{{ metric }}' as metric,
        is_chosen,
        days,
        {{ metric }}::double as metric_value,
        {{ ideal }} as ideal_value
    from judged
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
),

final as (

    select
        -- grain
        lines.channel,
        lines.method,
        lines.metric,

        -- flags
        lines.is_chosen,
        abs(lines.metric_value - lines.ideal_value)
        < abs(baselines.metric_value - lines.ideal_value) as is_better_than_baseline,

        -- measures
        lines.days,
        lines.metric_value,
        baselines.metric_value as baseline_value

    from lines
    inner join lines as baselines
        on
            lines.channel = baselines.channel
            and lines.metric = baselines.metric
            and baselines.method = 'seasonal_naive'

)

select * from final

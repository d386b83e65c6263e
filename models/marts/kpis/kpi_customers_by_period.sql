{#-
    Who was a customer when the period began and when it ended. A customer is active while
    the last valid order is at most churn_days old. Over all time it is the last twelve
    months that are compared: before the first order nobody could be kept.
-#}

with

orders as (

    select *
    from {{ ref('fct_orders') }}
    where is_valid_order and customer_id is not null

),

customers as (

    select * from {{ ref('dim_customers') }}

),

periods as (

    select *
    from {{ ref('dim_periods') }}
    where period_grain in ('month', 'quarter', 'year', 'all')

),

churn_thresholds as (

    select * from {{ ref('int_churn_thresholds') }}

),

horizon as (

    select * from {{ ref('int_data_horizon') }}

),

bounded as (

    select
        periods.period_grain,
        periods.period_start_date,
        case
            when
                periods.period_grain = 'all'
                then {{ local_midnight("periods.period_end_date - interval '1 year'") }}
            else {{ local_midnight('periods.period_start_date') }}
        end as started_at,
        -- a running period ends, for now, where the data does
        case
            when periods.period_end_date = periods.last_landed_date
                then {{ local_midnight("periods.period_end_date + interval '1 day'") }}
            else horizon.as_of + interval '1 second'
        end as stopped_at,
        -- one yardstick at both ends, or its change would look like customers lost
        date_trunc(
            'year',
            case
                when periods.period_grain = 'all' then periods.period_end_date
                else periods.period_start_date
            end
        )::date as year_start_date

    from periods
    cross join horizon

),

boundaries as (

    select
        *,
        true as is_start,
        started_at as boundary_at

    from bounded
    union all
    select
        *,
        false as is_start,
        stopped_at as boundary_at

    from bounded

),

dated as (

    select
        boundaries.*,
        churn_thresholds.churn_days

    from boundaries
    inner join churn_thresholds
        on boundaries.year_start_date = churn_thresholds.year_start_date

),

actives as (

    select
        dated.period_grain,
        dated.period_start_date,
        orders.customer_id,
        bool_or(dated.is_start) as is_active_at_start,
        bool_or(not dated.is_start) as is_active_at_end

    from dated
    inner join orders
        on
            dated.boundary_at > orders.ordered_at
            and {{ seconds_between('orders.ordered_at', 'dated.boundary_at') }}
            <= dated.churn_days * 86400
    group by all

),

active_lines as (

    select
        actives.period_grain,
        actives.period_start_date,
        {{ cut_columns(['region', 'value_band']) }}
        count(*) filter (where actives.is_active_at_start) as customers_at_start,
        count(*) filter (
            where actives.is_active_at_start and actives.is_active_at_end
        ) as customers_retained,
        count(*) filter (
            where actives.is_active_at_start and not actives.is_active_at_end
        ) as customers_lost,
        count(*) filter (where actives.is_active_at_end) as customers_at_end

    from actives
    inner join customers on actives.customer_id = customers.customer_id
    group by all

),

referrals as (

    select
        bounded.period_grain,
        bounded.period_start_date,
        orders.referral_code,
        -- a referrer counts once, where the first customer they brought lives
        min_by(
            orders.customer_id, (orders.ordered_at, orders.order_id)
        ) as customer_id

    from bounded
    inner join periods
        on
            bounded.period_grain = periods.period_grain
            and bounded.period_start_date = periods.period_start_date
    inner join orders
        on
            orders.ordered_date
            between periods.period_start_date and periods.period_end_date
    where orders.is_first_order and orders.referral_code is not null
    group by all

),

referral_lines as (

    select
        referrals.period_grain,
        referrals.period_start_date,
        {{ cut_columns(['region', 'value_band']) }}
        count(*) as customers_referring

    from referrals
    inner join customers on referrals.customer_id = customers.customer_id
    group by all

),

margins as (

    select
        bounded.period_grain,
        bounded.period_start_date,
        orders.customer_id,
        coalesce(sum(orders.margin_amount), 0) as margin_amount

    from bounded
    inner join orders on bounded.stopped_at > orders.ordered_at
    group by all

),

margin_lines as (

    select
        margins.period_grain,
        margins.period_start_date,
        {{ cut_columns(['region', 'value_band']) }}
        count(*) as customers_so_far,
        sum(margins.margin_amount) as margin_to_date_amount,
        sum(margins.margin_amount * margins.margin_amount) as margin_to_date_squared

    from margins
    inner join customers on margins.customer_id = customers.customer_id
    group by all

),

lines as (

    {{ union_by_name([
        'period_grain', 'period_start_date', 'region', 'value_band'
    ], {
        'active_lines': [
            'customers_at_start', 'customers_retained', 'customers_lost',
            'customers_at_end',
        ],
        'referral_lines': [
            'customers_referring',
        ],
        'margin_lines': [
            'customers_so_far', 'margin_to_date_amount', 'margin_to_date_squared',
        ],
    }) }}

),

final as (

    select
        -- grain
        period_grain,
        period_start_date,
        region,
        value_band,

        -- components
        {% for component in [
            'customers_at_start', 'customers_retained', 'customers_lost',
            'customers_at_end', 'customers_referring', 'customers_so_far',
        ] -%}
        coalesce(sum({{ component }}), 0)::bigint as {{ component }},
        {% endfor -%}
        coalesce(sum(margin_to_date_amount), 0)::decimal(18, 2)
            as margin_to_date_amount,
        coalesce(sum(margin_to_date_squared), 0)::decimal(38, 4)
            as margin_to_date_squared

    from lines
    group by all

)

select * from final

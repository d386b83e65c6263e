{#-
    Who was a customer when the period began and when it ended. A customer is active while
    the last valid order is at most churn_days old. Over all time it is the last twelve
    months that are compared: before the first order nobody could be kept.
-#}

with

orders as (

    select
        order_id,
        customer_id,
        referral_code,
        is_first_order,
        coalesce(margin_amount, 0) as margin_amount,
        ordered_date,
        ordered_at

    from {{ ref('fct_orders') }}
    where is_valid_order and customer_id is not null

),

customers as (

    select
        {{ cut_columns(['region', 'value_band']) }}
        customer_id

    from {{ ref('dim_customers') }}

),

periods as (

    select *
    from {{ ref('dim_periods') }}
    where period_grain in ('month', 'quarter', 'year', 'all')

),

churn_thresholds as (

    select
        year_start_date,
        (floor(churn_days * 86400) + 1)::bigint * interval '1 second' as too_late

    from {{ ref('int_churn_thresholds') }}

),

foreseen as (

    select
        as_of_date,
        customer_id,
        margin_to_date_amount + expected_margin_amount as lifetime_margin_amount

    from {{ ref('int_customers_foreseen') }}

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

-- at a boundary, whoever ordered nothing after its cutoff is lost
dated as (

    select
        bounded.*,
        bounded.started_at - churn_thresholds.too_late as start_cutoff_at,
        bounded.stopped_at - churn_thresholds.too_late as stop_cutoff_at

    from bounded
    inner join churn_thresholds
        on bounded.year_start_date = churn_thresholds.year_start_date

),

boundaries as (

    select
        started_at as boundary_at,
        start_cutoff_at as cutoff_at

    from dated
    union distinct
    select
        stopped_at as boundary_at,
        stop_cutoff_at as cutoff_at

    from dated

),

-- until the next order this one is the last, so that it alone speaks for the customer
last_orders as (

    select
        orders.customer_id,
        customers.region,
        customers.value_band,
        orders.margin_amount,
        sum(orders.margin_amount) over customer_orders as margin_to_date_amount,
        orders.ordered_at,
        row_number() over customer_orders = 1 as is_first,
        lead(orders.ordered_at, 1, timestamp '9999-12-31') over customer_orders
            as next_ordered_at

    from orders
    inner join customers on orders.customer_id = customers.customer_id
    window customer_orders as (
        partition by orders.customer_id order by orders.ordered_at, orders.order_id
    )

),

actives as (

    select
        boundaries.boundary_at,
        boundaries.cutoff_at,
        last_orders.region,
        last_orders.value_band,
        count(*) as customers

    from boundaries
    inner join last_orders
        on
            boundaries.boundary_at > last_orders.ordered_at
            and boundaries.boundary_at <= last_orders.next_ordered_at
            and boundaries.cutoff_at < last_orders.ordered_at
    group by all

),

start_lines as (

    select
        dated.period_grain,
        dated.period_start_date,
        actives.region,
        actives.value_band,
        actives.customers as customers_at_start

    from dated
    inner join actives
        on
            dated.started_at = actives.boundary_at
            and dated.start_cutoff_at = actives.cutoff_at

),

end_lines as (

    select
        dated.period_grain,
        dated.period_start_date,
        actives.region,
        actives.value_band,
        actives.customers as customers_at_end

    from dated
    inner join actives
        on
            dated.stopped_at = actives.boundary_at
            and dated.stop_cutoff_at = actives.cutoff_at

),

lapses as (

    select
        dated.period_grain,
        dated.period_start_date,
        dated.started_at,
        dated.start_cutoff_at,
        last_orders.customer_id,
        last_orders.region,
        last_orders.value_band

    from dated
    inner join last_orders
        on
            dated.stopped_at <= last_orders.next_ordered_at
            and dated.stop_cutoff_at >= last_orders.ordered_at
            and dated.start_cutoff_at < last_orders.ordered_at

),

-- a last order within a long period is no proof of being active when it began
lost_lines as (

    select
        lapses.period_grain,
        lapses.period_start_date,
        lapses.region,
        lapses.value_band,
        count(*) as customers_lost

    from lapses
    inner join last_orders
        on
            lapses.customer_id = last_orders.customer_id
            and lapses.started_at > last_orders.ordered_at
            and lapses.started_at <= last_orders.next_ordered_at
            and lapses.start_cutoff_at < last_orders.ordered_at
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
        customers.region,
        customers.value_band,
        count(*) as customers_referring

    from referrals
    inner join customers on referrals.customer_id = customers.customer_id
    group by all

),

ends as (

    select
        stopped_at,
        lag(stopped_at, 1, timestamp '0001-01-01') over (
            order by stopped_at
        ) as previous_stopped_at

    from bounded
    group by stopped_at

),

-- what each order adds to its customer's margin, and to the square of it
margin_steps as (

    select
        ends.stopped_at,
        last_orders.region,
        last_orders.value_band,
        count(*) filter (where last_orders.is_first) as customers,
        sum(last_orders.margin_amount) as margin_amount,
        sum(
            last_orders.margin_amount
            * (2 * last_orders.margin_to_date_amount - last_orders.margin_amount)
        ) as margin_squared

    from ends
    inner join last_orders
        on
            ends.stopped_at > last_orders.ordered_at
            and ends.previous_stopped_at <= last_orders.ordered_at
    group by all

),

margin_lines as (

    select
        bounded.period_grain,
        bounded.period_start_date,
        margin_steps.region,
        margin_steps.value_band,
        sum(margin_steps.customers) as customers_so_far,
        sum(margin_steps.margin_amount) as margin_to_date_amount,
        sum(margin_steps.margin_squared) as margin_to_date_squared

    from bounded
    inner join margin_steps on bounded.stopped_at >= margin_steps.stopped_at
    group by all

),

-- a period is worth what was known on its last day
lifetime_lines as (

    select
        periods.period_grain,
        periods.period_start_date,
        customers.region,
        customers.value_band,
        count(*) as customers_valued,
        sum(foreseen.lifetime_margin_amount) as lifetime_margin_amount,
        sum(
            foreseen.lifetime_margin_amount * foreseen.lifetime_margin_amount
        ) as lifetime_margin_squared

    from periods
    inner join foreseen
        on
            least(periods.period_end_date, periods.last_landed_date)
            = foreseen.as_of_date
    inner join customers on foreseen.customer_id = customers.customer_id
    group by all

),

lines as (

    {{ union_by_name([
        'period_grain', 'period_start_date', 'region', 'value_band'
    ], {
        'start_lines': ['customers_at_start'],
        'lost_lines': ['customers_lost'],
        'end_lines': ['customers_at_end'],
        'referral_lines': ['customers_referring'],
        'margin_lines': [
            'customers_so_far', 'margin_to_date_amount', 'margin_to_date_squared',
        ],
        'lifetime_lines': [
            'customers_valued', 'lifetime_margin_amount', 'lifetime_margin_squared',
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
        coalesce(sum(customers_at_start), 0)::bigint as customers_at_start,
        (
            coalesce(sum(customers_at_start), 0) - coalesce(sum(customers_lost), 0)
        )::bigint as customers_retained,
        {% for component in [
            'customers_lost', 'customers_at_end', 'customers_referring',
            'customers_so_far', 'customers_valued',
        ] -%}
        coalesce(sum({{ component }}), 0)::bigint as {{ component }},
        {% endfor -%}
        coalesce(sum(margin_to_date_amount), 0)::decimal(18, 2)
            as margin_to_date_amount,
        coalesce(sum(margin_to_date_squared), 0)::decimal(38, 4)
            as margin_to_date_squared,
        coalesce(sum(lifetime_margin_amount), 0)::decimal(18, 2)
            as lifetime_margin_amount,
        coalesce(sum(lifetime_margin_squared), 0)::decimal(38, 4)
            as lifetime_margin_squared

    from lines
    group by all

)

select * from final

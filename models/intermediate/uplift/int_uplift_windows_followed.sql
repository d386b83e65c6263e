{#-
    Who ordered in the repurchase_days after an issue, and who in as many days without
    one: a customer's time without contact is cut into windows, on days of their own, so
    that windows begin all month long as issues do. A window begins quiet when no contact
    was open in the repurchase_days before it; that looks back only, since to drop whoever
    contacts us later would keep those who do not buy. Such a window is followed until
    the contact, and int_uplift_strata_weighed lets those like them speak for the rest.

    The placebo compares the same windows by what those customers did from twice
    repurchase_days to repurchase_days before. No contact can have moved it, so a
    difference says that the compared are not alike.
-#}
{%- set days = var('repurchase_days') %}

with

orders as (

    select * from {{ ref('int_orders_credited') }}
    where customer_id is not null

),

issues as (

    select * from {{ ref('int_issues_chained') }}

),

value_bands as (

    select * from {{ ref('int_customers_banded') }}

),

horizon as (

    select * from {{ ref('int_data_horizon') }}

),

-- what was known of a customer from one order to the next
order_histories as (

    select
        customer_id,
        ordered_at as known_from,
        lead(ordered_at, 1, timestamp '9999-12-31') over customer_orders as known_until,
        min(case when is_valid_order then ordered_at end) over so_far as first_order_at,
        max(case when is_valid_order then ordered_at end) over so_far as last_order_at,
        count(*) filter (where is_valid_order) over so_far as orders_before

    from orders
    window
        customer_orders as (partition by customer_id order by ordered_at, order_id),
        so_far as (
            partition by customer_id order by ordered_at, order_id
            rows between unbounded preceding and current row
        )

),

-- of more customers than a comparison needs a draw, by other digits of the hash
customers as (

    select
        customer_id,
        min(ordered_at) filter (where is_valid_order) as first_order_at,
        -- two hexadecimal digits of an id that is a hash: as good as a draw
        (
            16 * instr('0123456789abcdef', substr(customer_id, 1, 1))
            + instr('0123456789abcdef', substr(customer_id, 2, 1))
        ) % {{ days }} as own_day

    from orders
    group by customer_id
    qualify
        row_number() over (order by right(customer_id, 8), customer_id)
        <= {{ var('matching_customers') }}

),

-- from before the first contact to the one after the last
contact_histories as (

    select
        customer_id,
        timestamp '0001-01-01' as known_from,
        min(opened_at) as known_until,
        null::timestamp as last_ended_at

    from issues
    group by customer_id
    union all
    select
        customer_id,
        opened_at as known_from,
        lead(opened_at, 1, timestamp '9999-12-31') over customer_issues as known_until,
        max(ended_at) over customer_issues as last_ended_at

    from issues
    window customer_issues as (partition by customer_id order by opened_at)

),

days as (

    select {{ reported_days() }} as date_day
    from horizon

),

numbered_days as (

    select
        date_day + interval '12 hours' as starts_at,
        row_number() over (order by date_day) % {{ days }} as own_day

    from days

),

issue_windows as (

    select
        issue_id as window_id,
        customer_id,
        issue_id,
        opened_at as known_at,
        ended_at as starts_at,
        opened_at - {{ 2 * days }} * interval '1 day' as placebo_starts_at,
        max(ended_at) over (
            partition by customer_id order by opened_at, issue_id
            rows between unbounded preceding and 1 preceding
        ) as last_ended_at,
        lead(opened_at) over (
            partition by customer_id order by opened_at, issue_id
        ) as next_opened_at

    from issues

),

quiet_windows as (

    select
        customers.customer_id || '|' || numbered_days.starts_at::date::string
            as window_id,
        customers.customer_id,
        null as issue_id,
        numbered_days.starts_at as known_at,
        numbered_days.starts_at,
        numbered_days.starts_at - {{ 2 * days }} * interval '1 day'
            as placebo_starts_at,
        contact_histories.last_ended_at,
        contact_histories.known_until as next_opened_at

    from customers
    inner join numbered_days
        on
            customers.own_day = numbered_days.own_day
            and customers.first_order_at < numbered_days.starts_at
    left join contact_histories
        on
            customers.customer_id = contact_histories.customer_id
            and numbered_days.starts_at >= contact_histories.known_from
            and numbered_days.starts_at < contact_histories.known_until

),

all_windows as (

    select * from issue_windows
    union all
    select * from quiet_windows

),

fresh as (

    select all_windows.*

    from all_windows
    cross join horizon
    where
        {{ has_elapsed('all_windows.starts_at', days, 'horizon.as_of') }}
        and not coalesce(
            {{ is_within_days(
                'all_windows.last_ended_at', 'all_windows.known_at', days
            ) }},
            false
        )

),

described as (

    select
        fresh.*,
        order_histories.first_order_at,
        floor(
            {{ seconds_between('order_histories.last_order_at', 'fresh.known_at') }}
            / 86400
        )::integer as recency_days,
        order_histories.orders_before::integer as orders_before,
        floor(
            {{ seconds_between('order_histories.first_order_at', 'fresh.known_at') }}
            / 86400
        )::integer as tenure_days,
        coalesce(right(value_bands.value_band, 2)::integer, 0) as value_decile,
        {{ is_within_days(
            'order_histories.known_from', 'fresh.known_at', var('order_in_flight_days')
        ) }} as is_order_in_flight,
        date_trunc('month', {{ local_date('fresh.starts_at') }})::date
            as month_start_date

    from fresh
    inner join order_histories
        on
            fresh.customer_id = order_histories.customer_id
            and fresh.known_at > order_histories.known_from
            and fresh.known_at <= order_histories.known_until
    left join value_bands
        on
            fresh.customer_id = value_bands.customer_id
            and date_trunc('quarter', {{ local_date('fresh.known_at') }})::date
            = value_bands.quarter_start_date
    where order_histories.orders_before > 0

),

-- the placebo: the same customers, what they did before
compared as (

    select
        'effect' as comparison,
        starts_at as counts_from,
        *
    from described
    union all
    select
        'placebo' as comparison,
        placebo_starts_at as counts_from,
        *
    from described
    where
        first_order_at < placebo_starts_at
        and coalesce(last_ended_at < placebo_starts_at, true)

),

ordered as (

    select
        compared.comparison,
        compared.window_id,
        min(orders.ordered_at) as first_ordered_at,
        -- what an agent sold is a gain of its own
        sum(orders.margin_amount) filter (where not orders.is_upsell) as margin_amount

    from compared
    inner join orders
        on
            compared.customer_id = orders.customer_id
            and compared.counts_from < orders.ordered_at
            and {{ is_within_days('compared.counts_from', 'orders.ordered_at', days) }}
    where orders.is_valid_order
    group by all

),

followed as (

    select
        compared.*,
        ordered.first_ordered_at,
        ordered.margin_amount,
        -- what else a contacted customer asks is part of the service
        coalesce(
            compared.issue_id is null
            and compared.comparison = 'effect'
            and compared.next_opened_at < coalesce(
                ordered.first_ordered_at,
                compared.starts_at + {{ days }} * interval '1 day'
            ),
            false
        ) as is_contacted_first

    from compared
    left join ordered
        on
            compared.comparison = ordered.comparison
            and compared.window_id = ordered.window_id

),

final as (

    select
        -- keys
        comparison,
        window_id,
        customer_id,
        issue_id,
        concat_ws(
            '|',
            comparison,
            month_start_date,
            {{ matching_band('recency_days', var('matching_recency_days')) }},
            {{ matching_band('orders_before', var('matching_orders')) }},
            {{ matching_band('tenure_days', var('matching_tenure_days')) }},
            {{ matching_band('value_decile', var('matching_deciles')) }},
            is_order_in_flight
        ) as stratum_id,

        -- flags
        issue_id is not null as is_contacted,
        is_order_in_flight,
        first_ordered_at is not null and not is_contacted_first as is_ordered,
        is_contacted_first,

        -- measures
        recency_days,
        orders_before,
        tenure_days,
        value_decile,
        case
            when not is_contacted_first then coalesce(margin_amount, 0)
        end::decimal(18, 2) as margin_amount,
        -- the day the window ended: by an order, a contact, or after the last
        case
            when is_contacted_first
                then floor(
                    {{ seconds_between('starts_at', 'next_opened_at') }} / 86400
                )
            when first_ordered_at is not null
                then floor(
                    {{ seconds_between('counts_from', 'first_ordered_at') }} / 86400
                )
            else {{ days }} + 1
        end::integer as last_day_number,

        -- dates
        month_start_date

    from followed

)

select * from final

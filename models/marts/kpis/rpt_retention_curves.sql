{#-
    Product-limit (Kaplan-Meier) curves. The clock starts when a customer's group is
    known, never before: who contacts us late had to be a customer until then.
-#}

{%- set contact_days = 30 %}

with

orders as (

    select
        customer_id,
        ordered_at,
        lead(ordered_at, 1, timestamp '9999-12-31') over (
            partition by customer_id order by ordered_at, order_id
        ) as next_ordered_at

    from {{ ref('fct_orders') }}
    where is_valid_order and customer_id is not null

),

contacts as (

    select *
    from {{ ref('fct_contacts') }}
    where is_countable

),

issues as (

    select * from {{ ref('fct_issues') }}

),

horizon as (

    select
        horizon.as_of + interval '1 second' as stopped_at,
        (floor(thresholds.churn_days * 86400) + 1)::bigint
        * interval '1 second' as too_late

    from {{ ref('int_data_horizon') }} as horizon
    inner join {{ ref('int_churn_thresholds') }} as thresholds
        on
            date_trunc('year', {{ local_date('horizon.as_of') }})::date
            = thresholds.year_start_date

),

-- each silence that lost a customer, and when it had lasted too long
losses as (

    select
        orders.customer_id,
        orders.ordered_at + horizon.too_late as lost_at

    from orders
    cross join horizon
    where
        orders.next_ordered_at >= orders.ordered_at + horizon.too_late
        and horizon.stopped_at > orders.ordered_at + horizon.too_late

),

first_orders as (

    select
        customer_id,
        min(ordered_at) as first_ordered_at

    from orders
    group by all

),

early_contacts as (

    select distinct first_orders.customer_id
    from first_orders
    inner join contacts
        on
            first_orders.customer_id = contacts.customer_id
            and first_orders.first_ordered_at <= contacts.opened_at
            and first_orders.first_ordered_at + {{ contact_days }} * interval '1 day'
            > contacts.opened_at

),

first_issues as (

    select *
    from issues
    where is_fcr_eligible
    qualify
        row_number() over (
            partition by customer_id order by opened_at, issue_id
        ) = 1

),

entries as (

    select
        'contact' as curve,
        case
            when early_contacts.customer_id is null then 'not contacted'
            else 'contacted'
        end as curve_group,
        first_orders.customer_id,
        first_orders.first_ordered_at
        + {{ contact_days }} * interval '1 day' as entered_at

    from first_orders
    left join early_contacts on first_orders.customer_id = early_contacts.customer_id
    union all
    select
        'first issue' as curve,
        case
            when is_resolved_first_time then 'resolved first time'
            else 'not resolved first time'
        end as curve_group,
        customer_id,
        ended_at + {{ var('fcr_window_days') }} * interval '1 day' as entered_at

    from first_issues

),

-- who is on a curve is a customer when it begins
followed as (

    select
        entries.curve,
        entries.curve_group,
        entries.customer_id,
        entries.entered_at,
        horizon.stopped_at,
        min(losses.lost_at) as lost_at

    from entries
    cross join horizon
    inner join orders
        on
            entries.customer_id = orders.customer_id
            and entries.entered_at > orders.ordered_at
            and entries.entered_at <= orders.next_ordered_at
            and entries.entered_at < orders.ordered_at + horizon.too_late
    left join losses
        on
            entries.customer_id = losses.customer_id
            and entries.entered_at <= losses.lost_at
    where horizon.stopped_at >= entries.entered_at
    group by all

),

timed as (

    select
        curve,
        curve_group,
        {{ seconds_between('entered_at', 'coalesce(lost_at, stopped_at)') }}
        / 86400 as whole_days,
        lost_at is not null as is_lost

    from followed

),

days as (

    select
        curve,
        curve_group,
        floor(whole_days)::integer as day_number,
        count(*) as customers_leaving,
        count(*) filter (where is_lost) as customers_lost

    from timed
    group by all

),

-- at risk on a day is whoever has not left before it
at_risk as (

    select
        *,
        sum(customers_leaving) over (
            partition by curve, curve_group
            order by day_number desc
            rows between unbounded preceding and current row
        ) as customers_at_risk

    from days

),

steps as (

    select
        *,
        sum(
            case
                when customers_at_risk > customers_lost
                    then ln(1 - customers_lost::double / customers_at_risk)
            end
        ) over so_far as log_kept,
        max((customers_at_risk = customers_lost)::integer) over so_far as is_over,
        sum(
            customers_lost::double / customers_at_risk
            / nullif(customers_at_risk - customers_lost, 0)
        ) over so_far as log_variance

    from at_risk
    window so_far as (
        partition by curve, curve_group
        order by day_number
        rows between unbounded preceding and current row
    )

),

kept as (

    select
        *,
        case when is_over = 1 then 0 else exp(coalesce(log_kept, 0)) end as kept_share

    from steps

),

-- Greenwood's interval on the log(-log) scale stays between 0 and 1
spread as (

    select
        *,
        case
            when kept_share > 0 and kept_share < 1
                then exp(1.959963984540054 * sqrt(log_variance) / -ln(kept_share))
        end as power_of_low

    from kept

),

final as (

    select
        -- grain
        curve,
        curve_group,
        day_number,

        -- components
        customers_at_risk::bigint as customers_at_risk,
        customers_lost,

        -- values
        round(kept_share, 6) as kept_share,
        round(power(kept_share, power_of_low), 6) as interval_low,
        round(power(kept_share, 1 / power_of_low), 6) as interval_high

    from spread
    where customers_lost > 0

)

select * from final

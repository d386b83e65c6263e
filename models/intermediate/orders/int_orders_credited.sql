{#-
    Which orders are valid, what they earned, and which issue each follows: the last one
    of that customer that had ended, inside the longest window anybody looks at. It is
    credited to that issue if it ended at most repurchase_days before.
-#}

with

orders as (

    select * from {{ ref('int_orders_unioned') }}

),

identities as (

    select * from {{ ref('int_customer_identities_resolved') }}

),

contacts as (

    select * from {{ ref('int_contacts_conformed') }}

),

issues as (

    select * from {{ ref('int_issues_chained') }}

),

goodwill as (

    select
        order_source_id,
        sum(compensation_amount) as compensation_amount

    from contacts
    where order_source_id is not null and is_countable
    group by all

),

valued as (

    select
        orders.*,
        identities.customer_id,
        -- a refund that support granted is goodwill, and counted there
        greatest(
            orders.refunded_amount - coalesce(goodwill.compensation_amount, 0), 0
        ) as returned_amount,
        coalesce(
            orders.status in ('paid', 'refunded')
            and orders.net_amount - orders.refunded_amount > 0,
            false
        ) as is_valid_order

    from orders
    left join identities on orders.identity_id = identities.identity_id
    left join goodwill on orders.source_id = goodwill.order_source_id

),

candidates as (

    select
        valued.order_id,
        issues.issue_id,
        issues.ended_at,
        {{ is_within_days(
            'issues.ended_at', 'valued.ordered_at', var('repurchase_days')
        ) }} as is_credited,
        row_number() over (
            partition by valued.order_id
            order by issues.ended_at desc, issues.issue_id asc
        ) as recency

    from valued
    inner join issues
        on
            valued.customer_id = issues.customer_id
            and valued.ordered_at > issues.ended_at
            and {{ is_within_days(
                'issues.ended_at', 'valued.ordered_at',
                ([var('repurchase_days')] + repurchase_variant_days()) | max
            ) }}
    where valued.is_valid_order

),

final as (

    select
        -- keys
        valued.order_id,
        valued.source_system,
        valued.source_id,
        valued.customer_id,
        candidates.issue_id as followed_issue_id,
        case
            when candidates.is_credited then candidates.issue_id
        end as credited_issue_id,

        -- attributes
        valued.sales_channel,
        valued.product_category,
        valued.region,
        valued.referral_code,
        valued.status,

        -- flags
        valued.is_valid_order,
        valued.is_upsell,

        -- measures
        valued.net_amount,
        valued.goods_cost_amount,
        valued.shipping_cost_amount,
        valued.payment_fee_amount,
        valued.refunded_amount,
        (
            valued.net_amount
            - valued.goods_cost_amount
            - valued.shipping_cost_amount
            - valued.payment_fee_amount
            - valued.returned_amount
        )::decimal(18, 2) as margin_amount,

        -- dates and timestamps
        {{ local_date('valued.ordered_at') }} as ordered_date,
        valued.refunded_at,
        valued.ordered_at

    from valued
    left join candidates
        on valued.order_id = candidates.order_id and candidates.recency = 1

)

select * from final

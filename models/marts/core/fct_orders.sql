with

orders as (

    select * from {{ ref('int_orders_credited') }}

),

bands as (

    select * from {{ ref('int_customers_banded') }}

),

first_orders as (

    select min_by(order_id, (ordered_at, order_id)) as order_id

    from orders
    where is_valid_order and customer_id is not null
    group by customer_id

),

final as (

    select
        -- keys
        orders.order_id,
        orders.source_system,
        orders.source_id,
        orders.customer_id,
        orders.followed_issue_id,
        orders.credited_issue_id,

        -- attributes
        orders.status,
        orders.sales_channel,
        orders.product_category,
        orders.region,
        orders.referral_code,
        bands.value_band,

        -- flags
        orders.is_valid_order,
        orders.is_upsell,
        orders.margin_amount is not null as is_margin_known,
        first_orders.order_id is not null as is_first_order,

        -- measures
        orders.net_amount,
        orders.goods_cost_amount,
        orders.shipping_cost_amount,
        orders.payment_fee_amount,
        orders.refunded_amount,
        orders.margin_amount,

        -- dates and timestamps
        orders.ordered_date,
        orders.refunded_at,
        orders.ordered_at

    from orders
    left join bands
        on
            orders.customer_id = bands.customer_id
            and date_trunc('quarter', orders.ordered_date)::date
            = bands.quarter_start_date
    left join first_orders on orders.order_id = first_orders.order_id

)

select * from final

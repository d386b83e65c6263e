with

orders as (

    select * from {{ ref('int_orders_credited') }}

),

customer_values as (

    select * from {{ ref('int_customers_valued') }}

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
        customer_values.value_band,

        -- flags
        orders.is_valid_order,
        orders.is_upsell,
        orders.margin_amount is not null as is_margin_known,
        orders.is_valid_order
        and row_number() over (
            partition by orders.customer_id, orders.is_valid_order
            order by orders.ordered_at, orders.order_id
        ) = 1
        and orders.customer_id is not null as is_first_order,

        -- measures
        orders.net_amount,
        orders.goods_cost_amount,
        orders.shipping_cost_amount,
        orders.payment_fee_amount,
        orders.refunded_amount,
        orders.margin_amount,

        -- dates and timestamps
        {{ local_date('orders.ordered_at') }} as ordered_date,
        orders.refunded_at,
        orders.ordered_at

    from orders
    left join customer_values on orders.customer_id = customer_values.customer_id

)

select * from final

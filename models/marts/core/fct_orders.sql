with

orders as (

    select * from {{ ref('int_orders_credited') }}

),

final as (

    select
        -- keys
        order_id,
        source_system,
        source_id,
        customer_id,
        credited_issue_id,

        -- attributes
        status,
        sales_channel,
        product_category,
        region,

        -- flags
        is_valid_order,
        is_upsell,
        margin_amount is not null as is_margin_known,

        -- measures
        net_amount,
        goods_cost_amount,
        shipping_cost_amount,
        payment_fee_amount,
        refunded_amount,
        margin_amount,

        -- dates and timestamps
        {{ local_date('ordered_at') }} as ordered_date,
        ordered_at

    from orders

)

select * from final

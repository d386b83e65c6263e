{{ config(materialized='view') }}

{{ stated('orders', [
    'order_source_id', 'customer_source_id', 'agent_source_id', 'email_key',
    'phone_key', 'status', 'currency', 'sales_channel', 'product_category', 'region',
    'referral_code', 'net_amount', 'cost_amount', 'shipping_cost_amount',
    'payment_fee_amount', 'refunded_amount', 'ordered_at', 'refunded_at',
]) }}

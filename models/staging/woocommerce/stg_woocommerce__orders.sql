{#-
    An order exported again counts as modified last; files that don't say when, as the
    last file says. Totals hold tax and postage; refunds carry the order's share of tax.
-#}

with

orders as (

    {{ newest(
        'woocommerce', 'orders', key='order_id',
        at=to_utc('modified_at', var('woocommerce_timezone'))
    ) }}

),

named as (

    select
        *,
        regexp_replace(lower(status), '^wc-', '') as shop_status

    from orders

),

final as (

    select
        -- keys
        order_id as order_source_id,
        -- guests are customer 0
        nullif(coalesce(customer_id, customer_user), '0') as customer_source_id,
        null::string as agent_source_id,
        {{ email_key('coalesce(billing_email, customer_email)') }} as email_key,
        {{ phone_key('billing_phone') }} as phone_key,

        -- attributes
        case
            {%- for paid_status in var('woocommerce_paid_statuses') %}
            when shop_status = '{{ paid_status }}' then 'paid'
            {%- endfor %}
            when
                shop_status in (
                    'pending', 'on-hold', 'failed', 'draft', 'auto-draft',
                    'checkout-draft'
                )
                then 'unpaid'
            when shop_status in ('cancelled', 'trash') then 'cancelled'
            else shop_status
        end as status,
        upper(order_currency) as currency,
        lower(created_via) as sales_channel,
        null::string as product_category,
        coalesce(
            shipping_state, billing_state, shipping_country, billing_country
        ) as region,
        case
            when
                upper(coupon_codes) like '{{ var("woocommerce_referral_prefix") }}%'
                then upper(split_part(coupon_codes, ',', 1))
        end as referral_code,

        -- measures
        (
            order_total::decimal(18, 2)
            - coalesce(tax_total::decimal(18, 2), 0)
            - coalesce(shipping_total::decimal(18, 2), 0)
        )::decimal(18, 2) as net_amount,
        null::decimal(18, 2) as cost_amount,
        null::decimal(18, 2) as shipping_cost_amount,
        null::decimal(18, 2) as payment_fee_amount,
        {{ net_refund_amount(
            'refunded_total', 'order_total', 'tax_total'
        ) }} as refunded_amount,

        -- timestamps
        {{ to_utc('order_date', var('woocommerce_timezone')) }} as ordered_at,
        null::timestamp as refunded_at

    from named

)

select * from final

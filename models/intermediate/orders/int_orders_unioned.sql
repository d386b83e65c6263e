{#- Orders in one shape and the reporting currency; what is not known stays null. -#}

with

shopify_lines as (

    select * from {{ ref('stg_shopify__order_lines') }}

),

products as (

    select * from {{ ref('stg_shopify__products') }}

),

stated_orders as (

    select * from {{ ref('int_orders_stated') }}

),

rates as (

    select * from {{ ref('currency_rates') }}

),

shopify_goods as (

    select
        order_lines.order_source_id,
        -- one line without a known cost leaves the order's cost unknown
        case
            when count(*) = count(products.unit_cost_amount)
                then sum(order_lines.quantity * products.unit_cost_amount)
        end as cost_amount,
        -- of an unknown article nothing is known, though a cheaper line has a category
        nullif(
            max_by(
                coalesce(products.product_category, ''),
                (
                    coalesce(order_lines.quantity * order_lines.unit_price_amount, 0),
                    order_lines.line_number
                )
            ),
            ''
        ) as product_category

    from shopify_lines as order_lines
    left join products on order_lines.sku = products.sku
    group by all

),

shopify as (

    select
        'shopify' as source_system,
        orders.order_source_id as source_id,
        null as customer_source_id,
        orders.email_key,
        orders.phone_key,
        null as agent_source_id,
        orders.sales_channel,
        shopify_goods.product_category,
        orders.region,
        orders.referral_code,
        case
            when orders.is_cancelled or orders.financial_status = 'voided'
                then 'cancelled'
            when
                orders.tags like '%replacement%'
                or orders.tags like '%exchange%'
                or orders.sales_channel = 'exchange' then 'replacement'
            when orders.financial_status = 'refunded' then 'refunded'
            when orders.financial_status in ('paid', 'partially_refunded') then 'paid'
            else 'unpaid'
        end as status,
        orders.tags like '%upsell%' as is_upsell,
        orders.currency,
        -- Total includes tax whether prices do or not, and postage, which is passed on
        -- at cost; both postage and refunds carry the order's own share of tax. No tax
        -- stated is none; of no total nothing is known
        case
            when orders.total_amount = 0 then 0
            else
                (orders.total_amount - coalesce(orders.shipping_amount, 0))
                * (orders.total_amount - coalesce(orders.taxes_amount, 0))
                / orders.total_amount
        end::decimal(18, 2) as net_amount,
        shopify_goods.cost_amount,
        0 as shipping_cost_amount,
        0 as payment_fee_amount,
        coalesce(
            orders.refunded_amount
            * (orders.total_amount - coalesce(orders.taxes_amount, 0))
            / nullif(orders.total_amount, 0),
            0
        )::decimal(18, 2) as refunded_amount,
        null::timestamp as refunded_at,
        orders.ordered_at

    from shopify_lines as orders
    inner join shopify_goods on orders.order_source_id = shopify_goods.order_source_id
    where orders.line_number = 1 and orders.ordered_at is not null

),

stated as (

    select
        source_system,
        order_source_id as source_id,
        customer_source_id,
        email_key,
        phone_key,
        agent_source_id,
        sales_channel,
        product_category,
        region,
        referral_code,
        status,
        agent_source_id is not null as is_upsell,
        currency,
        net_amount,
        cost_amount,
        coalesce(shipping_cost_amount, 0) as shipping_cost_amount,
        coalesce(payment_fee_amount, 0) as payment_fee_amount,
        case
            when status = 'refunded' then coalesce(refunded_amount, net_amount)
            else coalesce(refunded_amount, 0)
        end as refunded_amount,
        refunded_at,
        ordered_at

    from stated_orders

),

unioned as (

    select * from shopify
    union all
    select * from stated

),

final as (

    select
        -- keys
        unioned.source_system || ':' || unioned.source_id as order_id,
        unioned.source_system,
        unioned.source_id,
        {{ identity_id(
            'unioned.source_system', 'unioned.customer_source_id',
            'unioned.email_key', 'unioned.phone_key'
        ) }} as identity_id,
        unioned.customer_source_id,
        unioned.email_key,
        unioned.phone_key,

        -- attributes
        unioned.sales_channel,
        unioned.product_category,
        unioned.region,
        unioned.referral_code,
        unioned.status,

        -- flags
        coalesce(unioned.is_upsell, false) as is_upsell,

        -- measures
        {{ fx_amount('unioned.net_amount', 'unioned.currency', 'rates.rate') }}
            as net_amount,
        {{ fx_amount('unioned.cost_amount', 'unioned.currency', 'rates.rate') }}
            as goods_cost_amount,
        {{ fx_amount(
            'unioned.shipping_cost_amount', 'unioned.currency', 'rates.rate'
        ) }} as shipping_cost_amount,
        {{ fx_amount('unioned.payment_fee_amount', 'unioned.currency', 'rates.rate') }}
            as payment_fee_amount,
        {{ fx_amount('unioned.refunded_amount', 'unioned.currency', 'rates.rate') }}
            as refunded_amount,

        -- timestamps
        unioned.refunded_at,
        unioned.ordered_at

    from unioned
    left join rates
        on
            unioned.currency = rates.currency
            and date_trunc('month', unioned.ordered_at)::date = rates.month_start_date

)

select * from final

{#-
    An order's amounts stand on its items, its customer's lasting id and state on the
    customer, its category on the product: four tables make an order of the contract.
-#}

with

source as (

    select * from {{ source('olist', 'orders') }}

),

order_items as (

    select * from {{ source('olist', 'order_items') }}

),

customers as (

    select
        customer_id,
        max_by(customer_unique_id, (_file, _line)) as customer_unique_id,
        max_by(customer_state, (_file, _line)) as customer_state

    from {{ source('olist', 'customers') }}
    group by all

),

products as (

    select
        product_id,
        max_by(product_category_name, (_file, _line)) as product_category

    from {{ source('olist', 'products') }}
    group by all

),

ranked_items as (

    select
        *,
        row_number() over (
            partition by order_id, order_item_id
            order by _file desc, _line desc
        ) as recency

    from order_items

),

goods as (

    select
        items.order_id,
        sum(items.price::decimal(18, 2))::decimal(18, 2) as net_amount,
        max_by(
            products.product_category,
            (items.price::decimal(18, 2), items.order_item_id::bigint)
        ) as product_category

    from ranked_items as items
    left join products on items.product_id = products.product_id
    where items.recency = 1
    group by all

),

ranked as (

    select
        *,
        row_number() over (
            partition by order_id
            order by _file desc, _line desc
        ) as recency

    from source

),

final as (

    select
        -- keys
        ranked.order_id as order_source_id,
        coalesce(customers.customer_unique_id, ranked.customer_id)
            as customer_source_id,
        null::string as agent_source_id,
        null::string as email_key,
        null::string as phone_key,

        -- attributes
        case
            when
                ranked.order_status in (
                    'approved', 'processing', 'invoiced', 'shipped', 'delivered'
                )
                then 'paid'
            when ranked.order_status = 'created' then 'unpaid'
            when ranked.order_status in ('canceled', 'unavailable') then 'cancelled'
            else ranked.order_status
        end as status,
        '{{ var("olist_currency") }}' as currency,
        null::string as sales_channel,
        goods.product_category,
        customers.customer_state as region,
        null::string as referral_code,

        -- measures
        coalesce(goods.net_amount, 0)::decimal(18, 2) as net_amount,
        null::decimal(18, 2) as cost_amount,
        null::decimal(18, 2) as shipping_cost_amount,
        null::decimal(18, 2) as payment_fee_amount,
        null::decimal(18, 2) as refunded_amount,

        -- timestamps
        {{ to_utc('ranked.order_purchase_timestamp', var('olist_timezone')) }}
            as ordered_at,
        null::timestamp as refunded_at

    from ranked
    left join customers on ranked.customer_id = customers.customer_id
    left join goods on ranked.order_id = goods.order_id
    where ranked.recency = 1

)

select * from final

{#-
    Shopify exports one row per line item and writes the order on the first row only.
    An order that stands in several exports counts as the last one, by file name, says.
-#}

with

source as (

    select * from {{ source('shopify', 'orders') }}

),

ranked as (

    select
        *,
        dense_rank() over (partition by name order by _file desc) as recency,
        row_number() over (partition by name, _file order by _line) as line_number

    from source

),

final as (

    select
        -- keys
        name as order_source_id,
        line_number,
        lineitem_sku as sku,
        {{ email_key('email') }} as email_key,
        {{ phone_key('coalesce(phone, billing_phone, shipping_phone)') }} as phone_key,

        -- attributes
        lower(financial_status) as financial_status,
        lower(tags) as tags,
        lower(source) as sales_channel,
        upper(currency) as currency,
        coalesce(
            shipping_province_name, shipping_province, shipping_country
        ) as region,
        case
            when
                discount_code like '{{ var("shopify_referral_prefix") }}%'
                then discount_code
        end as referral_code,

        -- flags
        cancelled_at is not null as is_cancelled,

        -- measures
        lineitem_quantity::bigint as quantity,
        lineitem_price::decimal(18, 2) as unit_price_amount,
        total::decimal(18, 2) as total_amount,
        taxes::decimal(18, 2) as taxes_amount,
        shipping::decimal(18, 2) as shipping_amount,
        refunded_amount::decimal(18, 2) as refunded_amount,

        -- timestamps
        {{ to_utc('created_at') }} as ordered_at

    from ranked
    where recency = 1

)

select * from final

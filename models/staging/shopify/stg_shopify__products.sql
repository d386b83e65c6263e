with

source as (

    select * from {{ source('shopify', 'products') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by variant_sku
            order by _file desc, _line desc
        ) as recency

    from source

),

final as (

    select
        -- keys
        variant_sku as sku,

        -- attributes
        type as product_category,

        -- measures
        cost_per_item::decimal(18, 2) as unit_cost_amount

    from ranked
    where recency = 1

)

select * from final

with

products as (

    {{ newest('shopify', 'products', key='variant_sku', at='') }}

),

final as (

    select
        -- keys
        variant_sku as sku,

        -- attributes
        type as product_category,

        -- measures
        cost_per_item::decimal(18, 2) as unit_cost_amount

    from products

)

select * from final

{#- What each customer is worth at the horizon, and where their last order went. -#}

with

orders as (

    select * from {{ ref('int_orders_credited') }}

),

valued as (

    select
        customer_id,
        max_by(region, (ordered_at, order_id)) filter (
            where region is not null
        ) as region,
        sum(margin_amount) filter (where is_valid_order)::decimal(18, 2)
            as margin_amount

    from orders
    where customer_id is not null
    group by all

),

final as (

    select
        -- keys
        customer_id,

        -- attributes
        region,
        case
            when margin_amount is not null
                then
                    'decile ' || lpad(
                        ntile(10) over (
                            partition by margin_amount is null
                            order by margin_amount, customer_id
                        )::string,
                        2,
                        '0'
                    )
        end as value_band,

        -- measures
        margin_amount

    from valued

)

select * from final

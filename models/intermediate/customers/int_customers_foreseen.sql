{#-
    Margin to date and expected, by customer and date: the one door through which KPIs of
    every engine see what only Python fits. Where it runs none nobody has an expectation.
-#}

{%- if target.type == 'duckdb' and var('python_models', true) %}
with

projected as (

    select * from {{ ref('int_customers_projected') }}

),

summarised as (

    select * from {{ ref('int_customers_summarised') }}

),

final as (

    select
        -- grain
        projected.as_of_date,
        projected.customer_id,

        -- measures
        summarised.margin_to_date_amount,
        projected.expected_margin::decimal(18, 2) as expected_margin_amount

    from projected
    inner join summarised
        on
            projected.as_of_date = summarised.as_of_date
            and projected.customer_id = summarised.customer_id

)
{%- else %}
with

final as (

    select
        -- grain
        as_of_date,
        customer_id,

        -- measures
        margin_to_date_amount,
        null::decimal(18, 2) as expected_margin_amount

    from {{ ref('int_customers_summarised') }}
    where 1 = 0

)
{%- endif %}

select * from final

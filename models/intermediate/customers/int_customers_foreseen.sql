{{ config(materialized='view') }}
{#-
    Margin to date and expected, by customer and date: the one door through which KPIs of
    every engine see what only Python fits. Where it runs none nobody has an expectation.
-#}

{%- if target.type == 'duckdb' and var('python_models', true) %}
with

final as (

    select
        -- grain
        as_of_date,
        customer_id,

        -- measures
        margin_to_date_amount,
        expected_margin::decimal(18, 2) as expected_margin_amount

    from {{ ref('int_customers_projected') }}

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

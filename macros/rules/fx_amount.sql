{#- An amount in the reporting currency, to the cent; null where the month has no rate. -#}
{% macro fx_amount(amount, currency, rate) -%}
    (
        {{ amount }}
        * case
            when coalesce({{ currency }}, '{{ var("reporting_currency") }}')
                = '{{ var("reporting_currency") }}' then 1
            else {{ rate }}
        end
    )::decimal(18, 2)
{%- endmacro %}

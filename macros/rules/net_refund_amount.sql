{#- What of a refund is no tax: the share that is none of the order's total. -#}
{% macro net_refund_amount(refunded, total, tax) -%}
    (
        {{ refunded }}::decimal(18, 2)
        * ({{ total }}::decimal(18, 2) - coalesce({{ tax }}::decimal(18, 2), 0))
        / nullif({{ total }}::decimal(18, 2), 0)
    )::decimal(18, 2)
{%- endmacro %}

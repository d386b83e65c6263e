{#- How long somebody has been a customer at an instant. -#}
{% macro tenure_band(first_order_at, at) -%}
    case
        when {{ first_order_at }} is null then 'no order yet'
        when {{ at }} <= {{ first_order_at }} + 90 * interval '1 day' then 'up to 90 days'
        when {{ at }} <= {{ first_order_at }} + 365 * interval '1 day' then '91 to 365 days'
        else 'over a year'
    end
{%- endmacro %}

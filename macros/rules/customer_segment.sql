{#- How well a customer knows us, by valid orders so far. -#}
{% macro customer_segment(orders) -%}
    case
        when coalesce({{ orders }}, 0) = 0 then 'prospect'
        when {{ orders }} = 1 then 'new'
        else 'returning'
    end
{%- endmacro %}

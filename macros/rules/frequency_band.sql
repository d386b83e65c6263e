{#- How often somebody bought in the twelve months before. -#}
{% macro frequency_band(orders) -%}
    case
        when coalesce({{ orders }}, 0) = 0 then 'no order'
        when {{ orders }} = 1 then '1 order'
        when {{ orders }} <= 3 then '2 to 3 orders'
        else '4 orders or more'
    end
{%- endmacro %}

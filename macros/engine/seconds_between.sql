{#- Whole seconds elapsed, rounded down. (date_diff would count boundaries crossed.) -#}
{% macro seconds_between(start, end) -%}
    date_sub('second', {{ start }}, {{ end }})
{%- endmacro %}

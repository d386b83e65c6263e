{#- Whole seconds elapsed, rounded down. (date_diff would count boundaries crossed.) -#}
{% macro seconds_between(start, end) -%}
    {{ adapter.dispatch('seconds_between', 'savoir')(start, end) }}
{%- endmacro %}

{% macro duckdb__seconds_between(start, end) -%}
    date_sub('second', {{ start }}, {{ end }})
{%- endmacro %}

{% macro spark__seconds_between(start, end) -%}
    timestampdiff(second, {{ start }}, {{ end }})
{%- endmacro %}

{#- The last value of a window that is not null. -#}
{% macro last_known(value) -%}
    {{ adapter.dispatch('last_known', 'savoir')(value) }}
{%- endmacro %}

{% macro duckdb__last_known(value) -%}
    last_value({{ value }} ignore nulls)
{%- endmacro %}

{% macro spark__last_known(value) -%}
    last_value({{ value }}, true)
{%- endmacro %}

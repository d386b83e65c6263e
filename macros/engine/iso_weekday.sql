{#- The day of the week of a date or timestamp: 1 is Monday, 7 is Sunday. -#}
{% macro iso_weekday(date) -%}
    {{ adapter.dispatch('iso_weekday', 'savoir')(date) }}
{%- endmacro %}

{% macro duckdb__iso_weekday(date) -%}
    extract('isodow' from {{ date }})
{%- endmacro %}

{% macro spark__iso_weekday(date) -%}
    extract(dayofweek_iso from {{ date }})
{%- endmacro %}

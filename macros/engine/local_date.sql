{#- The reporting date of a UTC timestamp: local to reporting_timezone. -#}
{% macro local_date(timestamp) -%}
    {{ local_time(timestamp) }}::date
{%- endmacro %}

{#- The reporting date of a UTC timestamp: local to reporting_timezone. -#}
{% macro local_date(timestamp) -%}
    (({{ timestamp }} at time zone 'UTC') at time zone '{{ var("reporting_timezone") }}')::date
{%- endmacro %}

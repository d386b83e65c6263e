{#- The wall clock of reporting_timezone at a UTC timestamp. -#}
{% macro local_time(timestamp) -%}
    {{ utc_to_zoned(timestamp, "'" ~ var("reporting_timezone") ~ "'") }}
{%- endmacro %}

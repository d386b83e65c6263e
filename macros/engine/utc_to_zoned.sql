{#- A UTC timestamp on the wall clock of a time zone (an expression). -#}
{% macro utc_to_zoned(timestamp, timezone) -%}
    ((({{ timestamp }}) at time zone 'UTC') at time zone {{ timezone }})
{%- endmacro %}

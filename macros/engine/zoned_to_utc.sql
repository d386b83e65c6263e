{#- A wall-clock timestamp of a time zone (an expression) to UTC. -#}
{% macro zoned_to_utc(timestamp, timezone) -%}
    ((({{ timestamp }}) at time zone {{ timezone }}) at time zone 'UTC')
{%- endmacro %}

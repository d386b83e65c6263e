{#- A wall-clock timestamp of a time zone (an expression) to UTC. -#}
{% macro zoned_to_utc(timestamp, timezone) -%}
    {{ adapter.dispatch('zoned_to_utc', 'savoir')(timestamp, timezone) }}
{%- endmacro %}

{% macro duckdb__zoned_to_utc(timestamp, timezone) -%}
    ((({{ timestamp }}) at time zone {{ timezone }}) at time zone 'UTC')
{%- endmacro %}

{% macro spark__zoned_to_utc(timestamp, timezone) -%}
    convert_timezone({{ timezone }}, 'UTC', {{ timestamp }})
{%- endmacro %}

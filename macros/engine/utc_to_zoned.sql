{#- A UTC timestamp on the wall clock of a time zone (an expression). -#}
{% macro utc_to_zoned(timestamp, timezone) -%}
    {{ adapter.dispatch('utc_to_zoned', 'savoir')(timestamp, timezone) }}
{%- endmacro %}

{% macro duckdb__utc_to_zoned(timestamp, timezone) -%}
    ((({{ timestamp }}) at time zone 'UTC') at time zone {{ timezone }})
{%- endmacro %}

{% macro spark__utc_to_zoned(timestamp, timezone) -%}
    convert_timezone('UTC', {{ timezone }}, {{ timestamp }})
{%- endmacro %}

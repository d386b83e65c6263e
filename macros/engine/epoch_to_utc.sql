{#- Epoch seconds, as text, to a UTC timestamp. -#}
{% macro epoch_to_utc(text) -%}
    make_timestamp({{ text }}::bigint * 1000000)
{%- endmacro %}

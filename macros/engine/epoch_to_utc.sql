{#- Epoch seconds, as text, to a UTC timestamp. -#}
{% macro epoch_to_utc(text) -%}
    {{ adapter.dispatch('epoch_to_utc', 'savoir')(text) }}
{%- endmacro %}

{% macro duckdb__epoch_to_utc(text) -%}
    make_timestamp({{ text }}::bigint * 1000000)
{%- endmacro %}

{% macro spark__epoch_to_utc(text) -%}
    (timestamp '1970-01-01' + {{ text }}::bigint * interval '1 second')
{%- endmacro %}

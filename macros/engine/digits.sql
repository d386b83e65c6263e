{#- Only the digits of a text. -#}
{% macro digits(text) -%}
    {{ adapter.dispatch('digits', 'savoir')(text) }}
{%- endmacro %}

{% macro duckdb__digits(text) -%}
    regexp_replace({{ text }}, '[^0-9]', '', 'g')
{%- endmacro %}

{% macro spark__digits(text) -%}
    regexp_replace({{ text }}, '[^0-9]', '')
{%- endmacro %}

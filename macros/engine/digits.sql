{#- Only the digits of a text. -#}
{% macro digits(text) -%}
    regexp_replace({{ text }}, '[^0-9]', '', 'g')
{%- endmacro %}

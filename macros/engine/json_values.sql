{#- One row per value of a JSON array of plain values, as text. -#}
{% macro json_values(json) -%}
    unnest(from_json({{ json }}, '["VARCHAR"]'))
{%- endmacro %}

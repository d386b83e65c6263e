{#- One row per value of a JSON array of plain values, as text. -#}
{% macro json_values(json) -%}
    {{ adapter.dispatch('json_values', 'savoir')(json) }}
{%- endmacro %}

{% macro duckdb__json_values(json) -%}
    unnest(from_json({{ json }}, '["VARCHAR"]'))
{%- endmacro %}

{% macro spark__json_values(json) -%}
    explode(from_json({{ json }}, 'array<string>'))
{%- endmacro %}

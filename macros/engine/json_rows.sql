{#- One row per object of a JSON array: a struct of the named members, as text. -#}
{% macro json_rows(json, members) -%}
    {{ adapter.dispatch('json_rows', 'savoir')(json, members) }}
{%- endmacro %}

{% macro duckdb__json_rows(json, members) -%}
    unnest(from_json({{ json }}, '[{ {%- for member in members -%}
        "{{ member }}": "VARCHAR"{{ ', ' if not loop.last }}
    {%- endfor -%} }]'))
{%- endmacro %}

{% macro spark__json_rows(json, members) -%}
    explode(from_json({{ json }}, 'array<struct<
    {%- for member in members -%}
        {{ member }}: string{{ ', ' if not loop.last }}
    {%- endfor -%} >>'))
{%- endmacro %}

{#- One row per object of a JSON array: a struct of the named members, as text. -#}
{% macro json_rows(json, members) -%}
    unnest(from_json({{ json }}, '[{ {%- for member in members -%}
        "{{ member }}": "VARCHAR"{{ ', ' if not loop.last }}
    {%- endfor -%} }]'))
{%- endmacro %}

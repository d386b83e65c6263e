{#- One value of a JSON text column, as text; null where the path leads nowhere. -#}
{% macro json_text(json, path) -%}
    {{ adapter.dispatch('json_text', 'savoir')(json, path) }}
{%- endmacro %}

{% macro duckdb__json_text(json, path) -%}
    json_extract_string({{ json }}, '{{ path }}')
{%- endmacro %}

{% macro spark__json_text(json, path) -%}
    get_json_object({{ json }}, '{{ path }}')
{%- endmacro %}

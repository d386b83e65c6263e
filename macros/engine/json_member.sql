{#- The member of a JSON object whose name stands in a column, as text. -#}
{% macro json_member(json, name) -%}
    {{ adapter.dispatch('json_member', 'savoir')(json, name) }}
{%- endmacro %}

{% macro duckdb__json_member(json, name) -%}
    json_extract_string({{ json }}, '$."' || {{ name }} || '"')
{%- endmacro %}

{% macro spark__json_member(json, name) -%}
    get_json_object({{ json }}, "$['" || {{ name }} || "']")
{%- endmacro %}

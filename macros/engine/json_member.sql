{#- The member of a JSON object whose name stands in a column, as text. -#}
{% macro json_member(json, name) -%}
    json_extract_string({{ json }}, '$."' || {{ name }} || '"')
{%- endmacro %}

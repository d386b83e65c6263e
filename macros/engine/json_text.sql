{#- One value of a JSON text column, as text; null where the path leads nowhere. -#}
{% macro json_text(json, path) -%}
    json_extract_string({{ json }}, '{{ path }}')
{%- endmacro %}

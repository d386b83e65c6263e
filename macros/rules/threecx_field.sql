{#- The field of a 3CX record by its name, null where the site leaves it out. -#}
{% macro threecx_field(name) -%}
    {%- set fields = var('threecx_fields') -%}
    {{ 'field_' ~ (fields.index(name) + 1) if name in fields else 'null::string' }}
{%- endmacro %}

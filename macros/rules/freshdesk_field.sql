{#- The value of one of the account's own ticket fields, named in var freshdesk_fields. -#}
{% macro freshdesk_field(fields, name) -%}
    {%- set field = var('freshdesk_fields')[name] -%}
    {{ json_text(fields, '$.' ~ field) if field else 'cast(null as string)' }}
{%- endmacro %}

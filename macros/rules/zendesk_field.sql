{#- The value of one of the account's own ticket fields, named in var zendesk_fields. -#}
{% macro zendesk_field(fields, name) -%}
    {{ json_field(fields, var("zendesk_fields")[name]) }}
{%- endmacro %}

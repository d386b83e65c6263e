{#- The value of one of the account's own ticket fields, named in var zendesk_fields. -#}
{% macro zendesk_field(fields, name) -%}
    list_filter(
        from_json({{ fields }}, '[{"id": "VARCHAR", "value": "VARCHAR"}]'),
        lambda field: field.id = '{{ var("zendesk_fields")[name] }}'
    )[1].value
{%- endmacro %}

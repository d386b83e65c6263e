{#-
    The value of one of the account's own fields in a JSON object of them, null where var
    <system>_fields names none.
-#}
{% macro own_field(system, fields, name) -%}
    {%- set field = var(system ~ '_fields')[name] -%}
    {{ json_member(fields, "'" ~ field ~ "'") if field else 'cast(null as string)' }}
{%- endmacro %}

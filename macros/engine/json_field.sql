{#-
    The `value` of the object with this `id` in a JSON array of such pairs, as text; null
    where there is none.
-#}
{% macro json_field(json, id) -%}
    {{ adapter.dispatch('json_field', 'savoir')(json, id) }}
{%- endmacro %}

{% macro duckdb__json_field(json, id) -%}
    list_filter(
        from_json({{ json }}, '[{"id": "VARCHAR", "value": "VARCHAR"}]'),
        lambda field: field.id = '{{ id }}'
    )[1].value
{%- endmacro %}

{% macro spark__json_field(json, id) -%}
    get(
        filter(
            from_json({{ json }}, 'array<struct<id: string, value: string>>'),
            field -> field.id = '{{ id }}'
        ),
        0
    ).value
{%- endmacro %}

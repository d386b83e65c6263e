{#- Contracts on Spark, where a varchar needs a length and a string needs none. -#}
{% macro spark__get_empty_schema_sql(columns) %}
    {%- set typed = {} -%}
    {%- for name, column in columns.items() -%}
        {%- do typed.update({name: dict(
            column, data_type='string' if column.data_type == 'varchar' else column.data_type
        )}) -%}
    {%- endfor -%}
    {{ return(dbt.default__get_empty_schema_sql(typed)) }}
{% endmacro %}

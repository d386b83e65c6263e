{#- Seeds on Spark, where a varchar needs a length and a string needs none. -#}
{% macro spark__create_csv_table(model, agate_table) %}
    {%- set types = model.config.column_types -%}
    {%- for column, type in types.items() if type == 'varchar' -%}
        {%- do types.update({column: 'string'}) -%}
    {%- endfor -%}
    {{ return(dbt.spark__create_csv_table(model, agate_table)) }}
{% endmacro %}

{#- Seeds on Spark: dbt's session method writes values into the text without escaping. -#}
{% macro spark__load_csv_rows(model, agate_table) %}
    {%- set types = model.config.column_types -%}
    {%- set sql -%}
        insert into {{ this }} values
        {% for row in agate_table.rows -%}
            ({%- for value in row -%}
                {%- set type = types.get(
                    agate_table.column_names[loop.index0],
                    adapter.convert_type(agate_table, loop.index0)
                ) -%}
                {%- if value is none -%}
                    cast(null as {{ type }})
                {%- else -%}
                    cast('{{ value | string | replace('\\', '\\\\') | replace("'", "\\'") }}' as {{ type }})
                {%- endif -%}
                {{- ', ' if not loop.last -}}
            {%- endfor -%})
            {{- ', ' if not loop.last }}
        {% endfor %}
    {%- endset -%}
    {%- do run_query(sql) -%}
    {{ return(sql) }}
{% endmacro %}

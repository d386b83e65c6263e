{#-
    The vars that this run was given on its command line, as `name = value`, or null: with
    them a KPI is another than the one its definition describes.
-#}
{% macro changed_parameters() %}
    {%- set given = invocation_args_dict.get('vars') or {} -%}
    {%- set said = [] -%}
    {%- for name, value in given.items() | sort -%}
        {%- do said.append(name ~ ' = ' ~ value) -%}
    {%- endfor -%}
    {{ return(said | join(', ') or none) }}
{% endmacro %}

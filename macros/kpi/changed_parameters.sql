{#-
    The vars that this run was given on its command line and a KPI stands on, as `name =
    value`, or null: with them it is another than the one its definition describes. It
    stands on what it declares, and on what no KPI does: the frame of all, such as the
    time zone. min_sample decides the status of each.
-#}
{% macro changed_parameters(kpi, kpis) %}
    {%- set given = invocation_args_dict.get('vars') or {} -%}
    {%- set rules = kpis | map(attribute='parameters', default=[]) | sum(start=[])
        | reject('equalto', 'min_sample') | list -%}
    {%- set said = [] -%}
    {%- for name, value in given.items() | sort
        if name not in rules or name in kpi.parameters -%}
        {%- do said.append(name ~ ' = ' ~ value) -%}
    {%- endfor -%}
    {{ return(said | join(', ') or none) }}
{% endmacro %}

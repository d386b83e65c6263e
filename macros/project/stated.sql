{#-
    Rows of one entity of the generic contract, of every system whose staging model
    states them in its columns: the systems are listed in dbt_project.yml.
-#}
{% macro stated(entity, columns) -%}
    {%- for system in var('stating_systems')[entity] %}
    select
        '{{ system }}' as source_system,
        {{ columns | join(',\n        ') }}
    from {{ ref('stg_' ~ system ~ '__' ~ entity) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

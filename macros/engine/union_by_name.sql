{#-
    Relations below each other, by column name: each has `keys` and its own components,
    and null for those of the others. (`union all by name`, which not every engine has.)
-#}
{% macro union_by_name(keys, components_of) -%}
    {%- set components = components_of.values() | sum(start=[]) | unique | list -%}
    {%- for relation, own in components_of.items() -%}
    select
        {{ keys | join(',\n        ') }}
        {%- for component in components -%}
        ,
        {{ component if component in own else 'null as ' ~ component }}
        {%- endfor %}

    from {{ relation }}
    {%- if not loop.last %}
    union all
    {% endif %}
    {%- endfor -%}
{%- endmacro %}

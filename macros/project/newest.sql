{#-
    The newest row of each record of a landed entity, by time `at`: exports overlap. Of two
    of one time, and where `at` is empty, the last file, by name, counts.
-#}
{% macro newest(system, entity, key='id', at=none) -%}
    {%- set at = to_utc('updated_at') if at is none else at -%}
    select * from (
        select
            *,
            row_number() over (
                partition by {{ key }}
                order by
                    {%- if at %}
                    {{ at }} desc nulls last,
                    {%- endif %}
                    _file desc,
                    _line desc
            ) as recency

        from {{ source(system, entity) }}
    ) as ranked
    where recency = 1
{%- endmacro %}

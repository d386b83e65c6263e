{#-
    The newest row of each record of a landed entity: exports overlap. Of two of one time,
    and where `updated_at` is none, the last file, by name, counts.
-#}
{% macro newest(system, entity, key='id', updated_at='updated_at', timezone='UTC') -%}
    select * from (
        select
            *,
            row_number() over (
                partition by {{ key }}
                order by
                    {%- if updated_at %}
                    {{ to_utc(updated_at, timezone) }} desc nulls last,
                    {%- endif %}
                    _file desc,
                    _line desc
            ) as recency

        from {{ source(system, entity) }}
    ) as ranked
    where recency = 1
{%- endmacro %}

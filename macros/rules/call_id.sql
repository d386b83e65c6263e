{#-
    The key of a call. A system that states contacts as well numbers both from 1, and a
    call without a ticket is a contact of its own: the two must not meet.
-#}
{% macro call_id(source_system, source_id) -%}
    {%- set stating = var('stating_systems') -%}
    case
        when
            {{ source_system }} in (
                {%- for system in stating['calls'] if system in stating['contacts'] -%}
                    '{{ system }}'{{ ', ' if not loop.last }}
                {%- endfor -%}
            )
            then {{ source_system }} || ':call-' || {{ source_id }}
        else {{ source_system }} || ':' || {{ source_id }}
    end
{%- endmacro %}

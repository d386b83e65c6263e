{#- Whether `later` falls at most `days` after `earlier`; the last second still counts. -#}
{% macro is_within_days(earlier, later, days) -%}
    ({{ later }} <= {{ earlier }} + {{ days }} * interval '1 day')
{%- endmacro %}

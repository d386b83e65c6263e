{#- Text HH:MM:SS as an interval since midnight; 24:00:00 is the next midnight. -#}
{% macro time_of_day(text) -%}
    (
        split_part({{ text }}, ':', 1)::integer * interval '1 hour'
        + split_part({{ text }}, ':', 2)::integer * interval '1 minute'
        + split_part({{ text }}, ':', 3)::integer * interval '1 second'
    )
{%- endmacro %}

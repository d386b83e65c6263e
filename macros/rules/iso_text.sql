{#-
    A landed time as ISO text. Slashes stand in the order that the system declares, DMY
    or MDY: landing wrote them as 31/03/2025 14:05:00, whatever the export had.
-#}
{% macro iso_text(text, date_order) -%}
    {%- set day_at, month_at = (1, 4) if date_order == 'DMY' else (4, 1) -%}
    case
        when {{ text }} like '__/__/____ %'
            then concat(
                substr({{ text }}, 7, 4), '-', substr({{ text }}, {{ month_at }}, 2), '-',
                substr({{ text }}, {{ day_at }}, 2), substr({{ text }}, 11)
            )
        else {{ text }}
    end
{%- endmacro %}

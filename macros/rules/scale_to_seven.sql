{#- A score on any declared scale as 1 to 7, where 7 is the good end. -#}
{% macro scale_to_seven(score, scale_min, scale_max, scale_direction) -%}
    (
        1
        + 6
        * case {{ scale_direction }}
            when 'low_is_good' then {{ scale_max }} - {{ score }}
            when 'high_is_good' then {{ score }} - {{ scale_min }}
        end
        / nullif({{ scale_max }} - {{ scale_min }}, 0)
    )::decimal(18, 4)
{%- endmacro %}

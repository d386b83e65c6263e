{#- Which of the bands between some bounds a value is in: how many it reaches. -#}
{% macro matching_band(value, bounds) -%}
    (
        {%- for bound in bounds %}
        ({{ value }} >= {{ bound }})::integer
        {%- if not loop.last %} +{% endif %}
        {%- endfor %}
    )
{%- endmacro %}

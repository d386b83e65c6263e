{#- Which band of `matching_bands` a characteristic is in: how many bounds it reaches. -#}
{% macro matching_band(characteristic, value) -%}
    (
        {%- for bound in var('matching_bands')[characteristic] %}
        ({{ value }} >= {{ bound }})::integer
        {%- if not loop.last %} +{% endif %}
        {%- endfor %}
    )
{%- endmacro %}

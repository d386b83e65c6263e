{#- Whether a dated reference row was in force on the local day of an instant. -#}
{% macro is_valid_on(relation, at) -%}
    {{ local_date(at) }} between {{ relation }}.valid_from and {{ relation }}.valid_to
{%- endmacro %}

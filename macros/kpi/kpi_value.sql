{#- The one place where a KPI is divided. Both sides are already summed; zero gives null. -#}
{% macro kpi_value(numerator, denominator, scale=1) -%}
    ({{ scale }} * {{ numerator }}::double / nullif({{ denominator }}, 0)::double)
{%- endmacro %}

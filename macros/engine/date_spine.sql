{#- One row per day from `first` to `last`, both included. -#}
{% macro date_spine(first, last) -%}
    unnest(generate_series({{ first }}, {{ last }}, interval '1 day'))::date
{%- endmacro %}

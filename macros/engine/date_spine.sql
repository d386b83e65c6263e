{#- One row per day from `first` to `last`, both included. -#}
{% macro date_spine(first, last) -%}
    {{ adapter.dispatch('date_spine', 'savoir')(first, last) }}
{%- endmacro %}

{% macro duckdb__date_spine(first, last) -%}
    unnest(generate_series({{ first }}, {{ last }}, interval '1 day'))::date
{%- endmacro %}

{#- Spark would count backwards where `last` comes first. -#}
{% macro spark__date_spine(first, last) -%}
    explode(
        case when {{ first }} <= {{ last }} then sequence({{ first }}, {{ last }}) end
    )
{%- endmacro %}

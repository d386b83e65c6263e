{#- Whether a score is one of the standard eleven; which group it is in, nps_group says. -#}
{% macro is_nps_score(score) -%}
    {{ score }} in (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
{%- endmacro %}

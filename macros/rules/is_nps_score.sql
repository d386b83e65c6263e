{#-
    Whether a score is one of the standard eleven, no score being none; which group it is
    in, nps_group says.
-#}
{% macro is_nps_score(score) -%}
    coalesce({{ score }} in (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10), false)
{%- endmacro %}

{#- The standard eleven-point split. Nobody else may write 9 or 6 in a query. -#}
{% macro nps_group(score) -%}
    case
        when {{ score }} in (9, 10) then 'promoter'
        when {{ score }} in (7, 8) then 'passive'
        when {{ score }} in (0, 1, 2, 3, 4, 5, 6) then 'detractor'
    end
{%- endmacro %}

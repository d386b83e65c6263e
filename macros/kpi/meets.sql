{#- Compares a value with a threshold by an operator that stands in a column. -#}
{% macro meets(value, operator, threshold) -%}
    case {{ operator }}
        when '>=' then {{ value }} >= {{ threshold }}
        when '>' then {{ value }} > {{ threshold }}
        when '<=' then {{ value }} <= {{ threshold }}
        when '<' then {{ value }} < {{ threshold }}
    end
{%- endmacro %}

{#-
    Green, amber or red by the two thresholds of a target; what is too good to be true is
    amber. A small sample is judged by nobody, whatever its value.
-#}
{% macro kpi_status(kpi_value, sample_size, target) -%}
    case
        when {{ kpi_value }} is null or coalesce({{ sample_size }}, 0) < {{ var('min_sample') }}
            then 'insufficient_data'
        when {{ target }}.green_value is null then 'no_target'
        when {{ kpi_value }} < {{ target }}.too_low_value then 'amber'
        when {{ meets(kpi_value, target ~ '.green_operator', target ~ '.green_value') }}
            then 'green'
        when {{ meets(kpi_value, target ~ '.red_operator', target ~ '.red_value') }}
            then 'red'
        else 'amber'
    end
{%- endmacro %}

{#- How long a customer waited for the end of a contact. -#}
{% macro wait_band(seconds) -%}
    case
        when {{ seconds }} <= 86400 then 'up to 1 day'
        when {{ seconds }} <= 3 * 86400 then '1 to 3 days'
        when {{ seconds }} is not null then 'over 3 days'
    end
{%- endmacro %}

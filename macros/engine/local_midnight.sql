{#- The UTC instant at which a local day of reporting_timezone begins. -#}
{% macro local_midnight(date) -%}
    {{ zoned_to_utc("(" ~ date ~ ")::timestamp", "'" ~ var("reporting_timezone") ~ "'") }}
{%- endmacro %}

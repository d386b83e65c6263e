{#- One row per local day from the first event to the last, of int_data_horizon. -#}
{% macro reported_days() -%}
    {{ date_spine(
        local_date('first_event_at'), local_date('greatest(first_event_at, as_of)')
    ) }}
{%- endmacro %}

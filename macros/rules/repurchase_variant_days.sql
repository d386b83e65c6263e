{#- The windows repurchase is also published for, beside repurchase_days. -#}
{% macro repurchase_variant_days() -%}
    {{ return([7, 30, 60, 90]) }}
{%- endmacro %}

{#- The windows FCR is also published for, beside fcr_window_days. -#}
{% macro fcr_variant_days() -%}
    {{ return([1, 3, 7, 14, 30]) }}
{%- endmacro %}

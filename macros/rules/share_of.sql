{#-
    One row's part of an amount, in cents that add up: the rounded running share up to
    this row less the rounded running share before it. No amount is zero.
-#}
{% macro share_of(amount, weight, weight_so_far, weights) -%}
    coalesce(
        round({{ amount }}::double * {{ weight_so_far }} / {{ weights }}, 2)::decimal(18, 2)
        - round(
            {{ amount }}::double * ({{ weight_so_far }} - {{ weight }}) / {{ weights }}, 2
        )::decimal(18, 2),
        0
    )
{%- endmacro %}

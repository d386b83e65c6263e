{#-
    One row's part of an amount, in cents that add up: the rounded running share up to
    this row less the rounded running share before it. No amount is zero. (Whole cents are
    rounded, because engines round a double to two places by rules of their own.)
-#}
{% macro share_of(amount, weight, weight_so_far, weights) -%}
    coalesce(
        (
            round(100 * ({{ amount }}::double * {{ weight_so_far }} / {{ weights }}))
            / 100
        )::decimal(18, 2)
        - (
            round(
                100 * (
                    {{ amount }}::double * ({{ weight_so_far }} - {{ weight }})
                    / {{ weights }}
                )
            ) / 100
        )::decimal(18, 2),
        0
    )
{%- endmacro %}

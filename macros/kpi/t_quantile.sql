{#-
    The 97.5 % quantile of Student's t for `df` degrees of freedom. One and two are
    exact; from three on the expansion around the normal quantile (Abramowitz & Stegun
    26.7.5) is off by at most 0.2 %, and by less than 0.01 % from six on.
-#}
{% macro t_quantile(df) -%}
    {%- set z = 1.959963984540054 -%}
    {%- set z3, z5, z7, z9 = z ** 3, z ** 5, z ** 7, z ** 9 -%}
    case
        when {{ df }} = 1 then 12.706204736
        when {{ df }} = 2 then 4.302652730
        else
            {{ z }}
            + {{ (z3 + z) / 4 }} / ({{ df }})
            + {{ (5 * z5 + 16 * z3 + 3 * z) / 96 }} / power({{ df }}, 2)
            + {{ (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / 384 }} / power({{ df }}, 3)
            + {{ (79 * z9 + 776 * z7 + 1482 * z5 - 1920 * z3 - 945 * z) / 92160 }}
            / power({{ df }}, 4)
    end
{%- endmacro %}

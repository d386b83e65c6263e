{#-
    One bound of the 95 % interval of a KPI, in its unit; `sign` is '-' or '+'.
    wilson: a share of `n`; null for more than all, which is no share. nps: adjusted Wald,
    three answers added, three quarters of one to each end. t: a mean of `n` values whose
    squares sum to `squares`.
-#}
{% macro kpi_interval(sign, method, numerator, n, squares, scale) -%}
    {%- set z = 1.959963984540054 -%}
    {%- set p = "(" ~ numerator ~ "::double / " ~ n ~ ")" -%}
    {%- set mean_net = "(" ~ numerator ~ "::double / (" ~ n ~ " + 3))" -%}
    case
        when {{ n }} <= 0 or ({{ method }} = 'wilson' and {{ numerator }} > {{ n }})
            then null
        when {{ method }} = 'wilson'
            then {{ scale }} * (
                {{ p }} + {{ z * z / 2 }} / {{ n }}
                {{ sign }} {{ z }} * sqrt(
                    greatest({{ p }} * (1 - {{ p }}), 0) / {{ n }}
                    + {{ z * z / 4 }} / ({{ n }} * {{ n }})
                )
            ) / (1 + {{ z * z }} / {{ n }})
        when {{ method }} = 'nps'
            then {{ scale }} * (
                {{ mean_net }}
                {{ sign }} {{ z }} * sqrt(
                    (
                        ({{ squares }} + 1.5)::double / ({{ n }} + 3)
                        - {{ mean_net }} * {{ mean_net }}
                    ) / ({{ n }} + 3)
                )
            )
        when {{ method }} = 't' and {{ n }} > 1
            then {{ scale }} * (
                {{ p }}
                {{ sign }} {{ t_quantile(n ~ ' - 1') }} * sqrt(
                    greatest({{ squares }}::double - {{ n }} * {{ p }} * {{ p }}, 0)
                    / ({{ n }} - 1) / {{ n }}
                )
            )
    end
{%- endmacro %}

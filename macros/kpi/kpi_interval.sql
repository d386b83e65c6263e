{#-
    One bound of the 95 % interval of a KPI, in its unit; `sign` is '-' or '+'.
    wilson: a share of `n`; null for more than all, which is no share. nps: adjusted Wald,
    three answers added, three quarters of one to each end. t: a mean of `n` values whose
    squares sum to `squares`. `method` is a column, or one of them in quotes; of any other
    there is no interval.
-#}
{% macro kpi_interval(sign, method, numerator, n, squares, scale) -%}
    {%- set z = 1.959963984540054 -%}
    {%- set p = "(" ~ numerator ~ "::double / " ~ n ~ ")" -%}
    {%- set mean_net = "(" ~ numerator ~ "::double / (" ~ n ~ " + 3))" -%}
    {%- set wilson -%}
        (
            {{ p }} + {{ z * z / 2 }} / {{ n }}
            {{ sign }} {{ z }} * sqrt(
                greatest({{ p }} * (1 - {{ p }}), 0) / {{ n }}
                + {{ z * z / 4 }} / ({{ n }}::double * {{ n }})
            )
        ) / (1 + {{ z * z }} / {{ n }})
    {%- endset -%}
    {%- set nps -%}
        (
            {{ mean_net }}
            {{ sign }} {{ z }} * sqrt(
                (
                    ({{ squares }} + 1.5)::double / ({{ n }} + 3)
                    - {{ mean_net }} * {{ mean_net }}
                ) / ({{ n }} + 3)
            )
        )
    {%- endset -%}
    {%- set t -%}
        (
            {{ p }}
            {{ sign }} {{ t_quantile(n ~ ' - 1') }} * sqrt(
                greatest({{ squares }}::double - {{ n }} * {{ p }} * {{ p }}, 0)
                / ({{ n }} - 1) / {{ n }}
            )
        )
    {%- endset -%}
    {%- set bounds = {
        "'wilson'": (n ~ ' > 0 and ' ~ numerator ~ ' <= ' ~ n, wilson),
        "'nps'": (n ~ ' > 0', nps),
        "'t'": (n ~ ' > 1', t)
    } -%}
    {%- if method in bounds -%}
        case when {{ bounds[method][0] }} then {{ scale }} * {{ bounds[method][1] }} end
    {%- elif method.startswith("'") -%}
        null::double
    {%- else -%}
        case
            {%- for name, (condition, bound) in bounds.items() %}
            when {{ method }} = {{ name }} and {{ condition }}
                then {{ scale }} * {{ bound }}
            {%- endfor %}
        end
    {%- endif -%}
{%- endmacro %}

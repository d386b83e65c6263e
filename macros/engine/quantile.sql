{#-
    One of several exact quantiles, interpolated between neighbours. Asked for with the
    same `shares`, all are read from one sort.
-#}
{% macro quantile(value, share, shares) -%}
    {{ adapter.dispatch('quantile', 'savoir')(value, share, shares) }}
{%- endmacro %}

{% macro duckdb__quantile(value, share, shares) -%}
    quantile_cont({{ value }}, {{ shares }})[{{ shares.index(share) + 1 }}]
{%- endmacro %}

{% macro spark__quantile(value, share, shares) -%}
    percentile({{ value }}, array({{ shares | join(', ') }}))[{{ shares.index(share) }}]
{%- endmacro %}

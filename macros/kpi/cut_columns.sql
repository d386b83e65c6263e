{#-
    The grain of a KPI mart beside its day: each cut from the fact's column of that name,
    or from the expression that `other` gives for it; what nobody knows is `unknown`.
-#}
{% macro cut_columns(cuts, other={}) -%}
    {%- set columns = {
        'product': 'product_category',
        'agent': 'agent_id',
        'local_hour': 'opened_hour',
        'weekday': 'opened_weekday',
    } -%}
    {%- do columns.update(other) -%}
    {%- for cut in cuts -%}
        coalesce({{ columns.get(cut, cut) }}, 'unknown') as {{ cut }},
        {% endfor -%}
{%- endmacro %}

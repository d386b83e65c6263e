{#- Whether a window of `days` that opened at `since` lies wholly before the horizon. -#}
{% macro has_elapsed(since, days, as_of) -%}
    ({{ since }} + {{ days }} * interval '1 day' <= {{ as_of }})
{%- endmacro %}

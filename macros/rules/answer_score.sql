{#-
    The number that an answer stands for: the answer itself, or the one that its label
    begins or ends with (`0 - Not at all likely`); null where it holds none.
-#}
{% macro answer_score(text) -%}
    try_cast(
        nullif(regexp_extract(trim({{ text }}), '^[0-9]+([.][0-9]+)?|[0-9]+$', 0), '')
        as decimal(18, 4)
    )
{%- endmacro %}

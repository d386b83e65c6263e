{#- What FCR asks of a first contact itself; that nobody came back is asked elsewhere. -#}
{% macro is_settled_at_once(contact) -%}
    {{ contact }}.is_resolved
        and {{ contact }}.reopens = 0
        and {{ contact }}.escalations = 0
        and ({{ contact }}.transfers = 0 or {{ var('fcr_allow_transfer') }})
{%- endmacro %}

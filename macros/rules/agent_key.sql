{#- An agent's id; a key of the mailbox where the system names agents by e-mail. -#}
{% macro agent_key(agent) -%}
    coalesce({{ email_key(agent) }}, {{ agent }})
{%- endmacro %}

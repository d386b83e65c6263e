{#-
    The status of a ticket, but abandoned where the tag of var missed_chat_tag is among its
    tags (a JSON array): a chat that the customer left before anybody took it.
-#}
{% macro status_but_missed(tags, status) -%}
    case
            when contains({{ tags }}, '"{{ var("missed_chat_tag") }}"') then 'abandoned'
            else {{ status }}
        end
{%- endmacro %}

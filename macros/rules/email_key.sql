{#-
    One key per mailbox, whatever its case or surrounding spaces; null where there is
    none. Hashed at once, with the installation's salt, so that no e-mail leaves staging.
-#}
{% macro email_key(email) -%}
    case
        when {{ email }} like '%_@_%'
            then md5('{{ env_var("SAVOIR_KEY_SALT", "savoir") }}' || lower(trim({{ email }})))
    end
{%- endmacro %}

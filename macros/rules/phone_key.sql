{#-
    One key per line, however the number is written: 06 12 34 56 78, 0033612345678,
    +33 (0)6 12 34 56 78 are one. Fewer than 8 digits (anonymous, extensions) is no
    key. Hashed at once, with the installation's salt, so that no number leaves staging.
-#}
{% macro phone_key(phone) -%}
    {%- set code = var('default_calling_code') -%}
    {%- set number = digits("replace(" ~ phone ~ ", '(0)', '')") -%}
    case
        when length({{ number }}) >= 8
            then
                md5(
                    '{{ env_var("SAVOIR_KEY_SALT", "savoir") }}' || case
                        when trim({{ phone }}) like '+%' then {{ number }}
                        when {{ number }} like '00%' then substr({{ number }}, 3)
                        when {{ number }} like '0%' then '{{ code }}' || substr({{ number }}, 2)
                        else {{ number }}
                    end
                )
    end
{%- endmacro %}

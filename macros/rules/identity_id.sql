{#-
    Names one way a record can point at a customer: the account id in its system, the
    e-mail key and the phone key together. Null when the record names nobody.
-#}
{% macro identity_id(source_system, source_customer_id, email_key, phone_key) -%}
    case
        when coalesce({{ source_customer_id }}, {{ email_key }}, {{ phone_key }}) is not null
            then
                md5(concat_ws(
                    '|',
                    {{ source_system }},
                    coalesce({{ source_customer_id }}, ''),
                    coalesce({{ email_key }}, ''),
                    coalesce({{ phone_key }}, '')
                ))
    end
{%- endmacro %}

{#-
    Text to a UTC timestamp. With an offset or Z it is absolute, else it is local to
    `timezone`. (A plain cast to timestamp would ignore the offset, and no cast takes a
    space before it.)
-#}
{% macro to_utc(text, timezone='UTC') -%}
    case
        when
            regexp_matches(
                {{ text }}, ':[0-9.]+ *(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)$'
            )
            then
                regexp_replace({{ text }}, ' +([+-][0-9:]+)$', '\1')::timestamptz
                at time zone 'UTC'
        else ({{ text }}::timestamp at time zone '{{ timezone }}') at time zone 'UTC'
    end
{%- endmacro %}

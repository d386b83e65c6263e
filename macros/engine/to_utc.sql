{#-
    Text to a UTC timestamp. With an offset or Z it is absolute, else it is local to
    `timezone`. (A plain cast to timestamp would ignore the offset, and no cast takes a
    space before it.)
-#}
{% macro to_utc(text, timezone='UTC') -%}
    {{ adapter.dispatch('to_utc', 'savoir')(text, timezone) }}
{%- endmacro %}

{#- Most texts end in Z, and a cast costs a quarter of a regular expression. -#}
{% macro duckdb__to_utc(text, timezone) -%}
    case
        when {{ text }} like '%Z' then {{ text }}::timestamp
        when
            regexp_matches(
                {{ text }}, ':[0-9.]+ *(UTC|[+-][0-9]{2}(:?[0-9]{2})?)$'
            )
            then
                regexp_replace({{ text }}, ' +([+-][0-9:]+)$', '\1')::timestamptz
                at time zone 'UTC'
        else ({{ text }}::timestamp at time zone '{{ timezone }}') at time zone 'UTC'
    end
{%- endmacro %}

{#-
    Spark's cast wants seconds before an offset. The session runs in UTC (profiles.yml),
    so the last cast shifts nothing.
-#}
{% macro spark__to_utc(text, timezone) -%}
    case
        when
            regexp_like(
                {{ text }}, ':[0-9.]+ *(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)$'
            )
            then
                regexp_replace(
                    regexp_replace({{ text }}, ' +([+-][0-9:]+)$', '$1'),
                    '([T ][0-9]{2}:[0-9]{2})( ?UTC|Z|[+-][0-9:]+)$',
                    '$1:00$2'
                )::timestamp_ltz::timestamp_ntz
        else convert_timezone('{{ timezone }}', 'UTC', {{ text }}::timestamp_ntz)
    end
{%- endmacro %}

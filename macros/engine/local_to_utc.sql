{#-
    Text of a spreadsheet's locale to a UTC timestamp: ISO 8601, or day, month and year in
    the declared order (dmy or mdy), 12 or 24 hours, local to `timezone`. Null where the
    text is no such date, as 31/12 is none in the order mdy.
-#}
{% macro local_to_utc(text, order, timezone) -%}
    {{ adapter.dispatch('local_to_utc', 'savoir')(text, order, timezone) }}
{%- endmacro %}

{% macro duckdb__local_to_utc(text, order, timezone) -%}
    {%- set day = {'dmy': '%d/%m/%Y', 'mdy': '%m/%d/%Y'}[order] -%}
    case
        when {{ text }} like '____-%' then {{ to_utc(text, timezone) }}
        else (
            try_strptime(
                regexp_replace({{ text }}, '[.-]', '/', 'g'), [
                    '{{ day }}', '{{ day }} %H:%M', '{{ day }} %H:%M:%S',
                    '{{ day }} %I:%M %p', '{{ day }} %I:%M:%S %p',
                    '{{ day }} %I:%M%p', '{{ day }} %I:%M:%S%p'
                ]
            ) at time zone '{{ timezone }}'
        ) at time zone 'UTC'
    end
{%- endmacro %}

{% macro spark__local_to_utc(text, order, timezone) -%}
    {%- set day = {'dmy': 'd/M/y', 'mdy': 'M/d/y'}[order] -%}
    {%- set slashed = "regexp_replace(" ~ text ~ ", '[.-]', '/')" -%}
    case
        when {{ text }} like '____-%' then {{ to_utc(text, timezone) }}
        else convert_timezone('{{ timezone }}', 'UTC', coalesce(
            {%- for time in ['', ' H:m', ' H:m:s', ' h:m a', ' h:m:s a', ' h:ma', ' h:m:sa'] %}
            try_to_timestamp({{ slashed }}, '{{ day ~ time }}')
            {{- ',' if not loop.last }}
            {%- endfor %}
        )::timestamp_ntz)
    end
{%- endmacro %}

{#-
    The fields by their names, in the order the site configured. A record written to two
    files is one. A part of a path starts where its caller's does: `Ext.101` is a phone
    of the house, anything else came from outside.
-#}

{%- set fields = var('threecx_fields') %}

with

source as (

    select distinct
        {%- for name in [
            'historyid', 'callid', 'time-start', 'time-answered', 'time-end',
            'reason-terminated', 'from-no', 'to-no', 'from-dn', 'to-dn',
            'final-number', 'final-type',
        ] %}
        {{ 'field_' ~ (fields.index(name) + 1) if name in fields else 'null::string' }}
            as {{ name | replace('-', '_') }}{{ ',' if not loop.last }}
        {%- endfor %}

    from {{ source('threecx', 'cdr') }}

),

final as (

    select
        -- keys
        regexp_replace(lower(historyid), '^call ', '') as call_source_id,
        callid as record_id,

        -- attributes
        from_no,
        to_no,
        coalesce(to_dn, to_no) as to_dn,
        final_number,
        lower(final_type) as final_type,

        -- flags
        from_no like 'Ext.%' as is_from_extension,

        -- timestamps
        {{ to_utc(
            "(replace(time_start, '/', '-'))", var('threecx_timezone')
        ) }} as started_at,
        {{ to_utc(
            "(replace(time_answered, '/', '-'))", var('threecx_timezone')
        ) }} as answered_at,
        {{ to_utc("(replace(time_end, '/', '-'))", var('threecx_timezone')) }}
            as ended_at

    from source

)

select * from final

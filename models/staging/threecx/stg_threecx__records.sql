{#-
    The fields by their names, in the order the site configured. A record written to two
    files is one. A part of a path starts where its caller's does: `Ext.101` is a phone
    of the house, anything else came from outside.
-#}

with

source as (

    select distinct
        {{ threecx_field('historyid') }} as historyid,
        {{ threecx_field('callid') }} as callid,
        {{ threecx_field('time-start') }} as time_start,
        {{ threecx_field('time-answered') }} as time_answered,
        {{ threecx_field('time-end') }} as time_end,
        {{ threecx_field('from-no') }} as from_no,
        {{ threecx_field('to-no') }} as to_no,
        {{ threecx_field('to-dn') }} as to_dn,
        {{ threecx_field('final-number') }} as final_number,
        {{ threecx_field('final-type') }} as final_type

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

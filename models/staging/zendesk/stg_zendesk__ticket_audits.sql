with

ticket_audits as (

    {{ newest('zendesk', 'ticket_audits', at='') }}

),

final as (

    select
        -- keys
        id as audit_id,
        ticket_id,
        author_id,

        -- attributes
        {{ json_text('via', '$.channel') }} as via_channel,
        events,

        -- timestamps
        {{ to_utc('created_at') }} as created_at

    from ticket_audits

)

select * from final

{#- A rating without its time: the last change of its ticket stands in. -#}

with

exports as (

    {{ newest(
        'zendesk', 'ticket_exports', at=to_utc('updated_at', var('zendesk_timezone'))
    ) }}

),

tickets as (

    select * from {{ ref('stg_zendesk__tickets') }}

),

final as (

    select
        -- keys
        'ticket:' || id as response_source_id,
        'satisfaction_rating' as survey_id,
        id as contact_source_id,
        requester_id as customer_source_id,
        assignee as agent_source_id,
        {{ email_key('requester_email') }} as email_key,

        -- attributes
        'csat' as question_type,
        null::string as dimension,
        'high_is_good' as scale_direction,
        null::string as comment,  -- noqa: RF04

        -- measures
        case when lower(satisfaction_score) like 'good%' then 1 else 0 end
        ::decimal(18, 4) as score,
        0::decimal(18, 4) as scale_min,
        1::decimal(18, 4) as scale_max,

        -- timestamps
        {{ to_utc('coalesce(updated_at, created_at)', var('zendesk_timezone')) }}
            as answered_at

    from exports
    where
        -- offered ones are invitations, no answers
        (
            lower(satisfaction_score) like 'good%'
            or lower(satisfaction_score) like 'bad%'
        )
        and id not in (select tickets.ticket_id from tickets)

)

select * from final

{#- What a forecast and a rota stand on: contacts by half-hour of the wall clock. -#}

with

contacts as (

    select
        *,
        {{ local_time('opened_at') }} as opened_at_local

    from {{ ref('int_contacts_conformed') }}
    where is_countable

),

final as (

    select
        -- keys
        channel,
        lpad(extract(hour from opened_at_local)::string, 2, '0')
        || case
            when extract(minute from opened_at_local) < 30 then ':00' else ':30'
        end as half_hour,

        -- measures
        count(*) as contacts,
        -- what a bot settled alone needs nobody
        count(*) filter (
            where not (is_bot_handled and is_resolved and human_replies = 0)
        ) as contacts_for_agents,
        count(*) filter (where is_handled) as contacts_handled,
        -- an agent on the phone is free again when the call is, not the ticket
        coalesce(
            sum(
                case
                    when channel = 'phone' and call_handle_seconds > 0
                        then call_handle_seconds
                    else handle_seconds
                end
            ) filter (where is_handled),
            0
        )::bigint as agent_seconds,

        -- dates
        {{ local_date('opened_at') }} as date_day

    from contacts
    group by all

)

select * from final

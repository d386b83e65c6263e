{#- What a rota has to know of each channel, as it was in the last thirteen weeks. -#}

with

horizon as (

    select
        as_of,
        as_of - interval '91 days' as measured_from

    from {{ ref('int_data_horizon') }}

),

measured as (

    select
        counted.channel,
        sum(counted.contacts_for_agents) / sum(counted.contacts) as agents_share,
        sum(counted.agent_seconds)
        / nullif(sum(counted.contacts_handled), 0) as handle_time

    from {{ ref('int_contacts_counted') }} as counted
    cross join horizon
    where counted.date_day > {{ local_date('horizon.measured_from') }}
    group by all

),

waits as (

    select
        'phone' as channel,
        is_abandoned,
        wait_seconds,
        started_at
    from {{ ref('fct_calls') }}
    where is_offered
    union all
    select
        channel,
        is_missed_chat as is_abandoned,
        case
            when is_missed_chat
                then {{ seconds_between('response_started_at', 'ended_at') }}
            else first_response_seconds
        end as wait_seconds,
        opened_at as started_at
    from {{ ref('fct_contacts') }}
    where is_countable and channel = 'chat' and not is_bot_settled

),

patience as (

    select
        waits.channel,
        -- all that was waited over who hung up: who was answered shows only that
        -- patience is longer
        sum(waits.wait_seconds)
        / nullif(count(*) filter (where waits.is_abandoned), 0) as patience

    from waits
    cross join horizon
    where waits.started_at > horizon.measured_from
    group by all

),

targets as (

    select kpi_targets.green_value / 100 as target_share
    from {{ ref('kpi_targets') }} as kpi_targets
    cross join horizon
    where
        kpi_targets.kpi_id = 'service_level'
        and kpi_targets.cut = 'overall'
        and kpi_targets.period_grain is null
        and {{ is_valid_on('kpi_targets', 'horizon.as_of') }}

),

final as (

    select
        -- keys
        measured.channel,

        -- flags
        measured.channel in ('phone', 'chat') as is_live,

        -- measures
        measured.agents_share::double as agents_share,
        measured.handle_time::double as handle_time,
        patience.patience::double as patience,
        case
            when
                measured.channel = 'phone'
                or (
                    measured.channel = 'chat'
                    and channels.first_response_target_seconds is not null
                )
                then targets.target_share
        end::double as target_share,
        case
            when measured.channel = 'phone' then {{ var('service_level_seconds') }}
            else channels.first_response_target_seconds
        end::bigint as target_seconds,
        {{ var('short_abandon_seconds') }}::bigint as short_seconds

    from measured
    left join {{ ref('channels') }} as channels on measured.channel = channels.channel
    left join patience on measured.channel = patience.channel
    left join targets on true

)

select * from final

{#- When people reach us: what a planner staffs by. -#}

with

contacts as (

    select * from {{ ref('kpi_contacts_daily') }}

),

telephony as (

    select * from {{ ref('kpi_telephony_daily') }}

),

lines as (

    {{ union_by_name([
        'date_day', 'weekday', 'local_hour', 'channel', 'team'
    ], {
        'contacts': [
            'contacts',
        ],
        'telephony': [
            'calls_offered', 'calls_answered', 'chats_offered', 'exchanges_abandoned',
        ],
    }) }}

),

final as (

    select
        -- grain
        date_day,
        weekday,
        local_hour,
        channel,
        team,

        -- components
        coalesce(sum(contacts), 0)::bigint as contacts,
        coalesce(sum(calls_offered), 0)::bigint as calls_offered,
        coalesce(sum(calls_answered), 0)::bigint as calls_answered,
        coalesce(sum(chats_offered), 0)::bigint as chats_offered,
        coalesce(sum(exchanges_abandoned), 0)::bigint as exchanges_abandoned

    from lines
    group by all

)

select * from final

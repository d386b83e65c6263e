{#- Calls offered to a queue, and chats that were to reach a human. -#}

with

calls as (

    select *
    from {{ ref('fct_calls') }}
    where is_offered

),

chats as (

    select *
    from {{ ref('fct_contacts') }}
    where is_countable and channel = 'chat' and not is_bot_settled

),

call_lines as (

    select
        started_date as date_day,
        {{ cut_columns(contact_cuts(), {
            'local_hour': 'started_hour',
            'weekday': 'started_weekday',
        }) }}
        count(*) as calls_offered,
        count(*) filter (where is_answered) as calls_answered,
        count(*) filter (where is_abandoned) as calls_abandoned,
        count(*) filter (where is_short_abandon) as calls_short_abandoned,
        count(*) filter (where is_answered and is_within_service_level)
            as calls_answered_in_time,
        count(*) filter (where is_abandoned and is_within_service_level)
            as calls_abandoned_in_time,
        sum(wait_seconds) filter (where is_answered) as answered_wait_seconds,
        sum(wait_seconds * wait_seconds) filter (where is_answered)
            as answered_wait_squared

    from calls
    group by all

),

chat_lines as (

    select
        opened_date as date_day,
        {{ cut_columns(contact_cuts()) }}
        count(*) as chats_offered,
        count(*) filter (where is_missed_chat) as chats_abandoned,
        count(*) filter (
            where
            is_missed_chat
            and {{ seconds_between('response_started_at', 'ended_at') }}
            <= {{ var('short_abandon_seconds') }}
        ) as chats_short_abandoned

    from chats
    group by all

),

lines as (

    {{ union_by_name(['date_day'] + contact_cuts(), {
        'call_lines': [
            'calls_offered', 'calls_answered', 'calls_abandoned',
            'calls_short_abandoned', 'calls_answered_in_time',
            'calls_abandoned_in_time', 'answered_wait_seconds',
            'answered_wait_squared',
        ],
        'chat_lines': [
            'chats_offered', 'chats_abandoned', 'chats_short_abandoned',
        ],
    }) }}

),

summed as (

    select
        -- grain
        date_day,
        {{ contact_cuts() | join(',
        ') }},

        -- components
        {% for component in [
            'calls_offered', 'calls_answered', 'calls_abandoned',
            'calls_short_abandoned', 'calls_answered_in_time',
            'calls_abandoned_in_time', 'answered_wait_seconds', 'chats_offered',
            'chats_abandoned', 'chats_short_abandoned',
        ] -%}
        coalesce(sum({{ component }}), 0)::bigint as {{ component }},
        {% endfor -%}
        coalesce(sum(answered_wait_squared), 0)::decimal(38, 4) as answered_wait_squared

    from lines
    group by all

),

final as (

    select
        -- grain
        date_day,
        {{ contact_cuts() | join(',
        ') }},

        -- components
        calls_offered,
        calls_answered,
        calls_abandoned,
        calls_short_abandoned,
        calls_answered_in_time,
        calls_abandoned_in_time,
        -- ours: who hung up at once neither helps nor harms
        calls_answered
        + calls_abandoned
        - calls_short_abandoned as calls_answered_or_waited,
        calls_answered + calls_abandoned as calls_answered_or_abandoned,
        calls_answered
        + calls_abandoned
        - calls_abandoned_in_time as calls_answered_or_abandoned_late,
        calls_answered_in_time
        + calls_abandoned_in_time as calls_answered_or_abandoned_in_time,
        calls_answered_in_time
        + calls_short_abandoned as calls_answered_in_time_or_short,
        answered_wait_seconds,
        answered_wait_squared,
        chats_offered,
        chats_abandoned,
        chats_short_abandoned,
        calls_offered + chats_offered as exchanges_offered,
        calls_abandoned + chats_abandoned as exchanges_abandoned,
        calls_short_abandoned + chats_short_abandoned as exchanges_short_abandoned,
        calls_offered
        + chats_offered
        - calls_short_abandoned
        - chats_short_abandoned as exchanges_offered_less_short,
        calls_abandoned
        + chats_abandoned
        - calls_short_abandoned
        - chats_short_abandoned as exchanges_abandoned_less_short

    from summed

)

select * from final

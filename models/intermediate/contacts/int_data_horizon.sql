{#-
    The instant the exports stop: var `as_of`, or the latest event landed. The wall
    clock plays no part, so the same exports give the same numbers on any day.
-#}

with

contacts as (

    select * from {{ ref('int_contacts_conformed') }}

),

events as (

    select * from {{ ref('int_contact_events_unioned') }}

),

calls as (

    select * from {{ ref('int_calls_unioned') }}

),

answers as (

    select * from {{ ref('int_survey_answers_unioned') }}

),

orders as (

    select * from {{ ref('int_orders_unioned') }}

),

latest as (

    select
        min(opened_at) as first_at,
        max(greatest(opened_at, ended_at)) as last_at
    from contacts
    union all
    select
        min(occurred_at) as first_at,
        max(occurred_at) as last_at
    from events
    union all
    select
        min(started_at) as first_at,
        max(ended_at) as last_at
    from calls
    union all
    select
        min(answered_at) as first_at,
        max(answered_at) as last_at
    from answers
    union all
    select
        min(ordered_at) as first_at,
        max(ordered_at) as last_at
    from orders

),

final as (

    select
        -- nothing landed: an empty warehouse still has a date to stand on
        {% if var('as_of') -%}
        timestamp '{{ var("as_of") }}' as as_of,
        {%- else -%}
        coalesce(max(last_at), timestamp '1970-01-01') as as_of,
        {%- endif %}
        coalesce(min(first_at), timestamp '1970-01-01') as first_event_at

    from latest

)

select * from final

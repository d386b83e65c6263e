{#- Each component on the day of its own event: opening, solution, end. -#}
{%- set event_dates = [
    'opened_date', 'solved_date', 'first_solved_date', 'timed_date',
] -%}
{%- set date_of = {
    'first_response_seconds': 'opened_date',
    'first_response_business_seconds': 'opened_date',
    'resolution_seconds': 'solved_date',
    'resolution_business_seconds': 'solved_date',
    'resolution_net_seconds': 'solved_date',
    'handle_seconds': 'timed_date',
    'call_legs': 'timed_date',
    'leg_seconds': 'timed_date',
} %}

with

contacts as (

    select
        {{ cut_columns(contact_cuts()) }}
        is_written,
        is_reopened,
        is_bot_settled,
        is_first_response_due,
        is_first_response_in_target,
        is_resolution_due,
        is_resolution_in_target,
        human_replies,
        call_legs,
        handle_seconds,
        call_handle_seconds as leg_seconds,
        case when is_written then first_response_seconds end as first_response_seconds,
        case when is_written then first_response_business_seconds end
            as first_response_business_seconds,
        resolution_seconds,
        resolution_business_seconds,
        resolution_seconds - pending_seconds as resolution_net_seconds,
        opened_date,
        case when is_resolved then resolved_date end as solved_date,
        case when not is_resolution_assumed then first_solved_date end
            as first_solved_date,
        -- what nobody measured, and calls nobody took, would pull the mean to zero
        case
            when is_handled and handle_seconds > 0 and not is_handle_time_assumed
                then ended_date
        end as timed_date

    from {{ ref('fct_contacts') }}
    where is_countable

),

-- a contact stands once on each day on which something happened to it
events as (

    {% for event_date in event_dates -%}
    select
        *,
        {{ event_date }} as date_day

    from contacts
    where
        {{ event_date }} is not null
        {%- for earlier_date in event_dates[:loop.index0] %}
        and {{ event_date }} is distinct from {{ earlier_date }}
        {%- endfor %}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        -- grain
        date_day,
        {{ contact_cuts() | join(',
        ') }},

        -- components
        {% for component, event_date in date_of.items() -%}
        coalesce(
            sum({{ component }}) filter (where date_day = {{ event_date }}), 0
        )::bigint as {{ component }},
        {% endfor -%}
        {% for component in [
            'first_response', 'first_response_business', 'resolution',
            'resolution_business', 'resolution_net', 'handle',
        ] -%}
        {% set seconds = component ~ '_seconds' -%}
        coalesce(
            sum({{ seconds }}::decimal(38, 0) * {{ seconds }}) filter (
                where date_day = {{ date_of[seconds] }}
            ),
            0
        )::decimal(38, 4) as {{ component }}_squared,
        {% endfor -%}
        count(*) filter (where date_day = opened_date and is_first_response_due)
            as contacts_first_response_due,
        count(*) filter (where date_day = opened_date and is_first_response_in_target)
            as contacts_first_response_in_target,
        count(first_response_seconds) filter (where date_day = opened_date)
            as contacts_answered,
        count(*) filter (where date_day = opened_date and is_resolution_due)
            as contacts_resolution_due,
        count(*) filter (where date_day = opened_date and is_resolution_in_target)
            as contacts_resolution_in_target,
        count(*) filter (where date_day = solved_date) as contacts_with_resolution_time,
        count(*) filter (
            where date_day = solved_date and is_written and not is_bot_settled
        ) as contacts_solved_in_writing,
        count(*) filter (
            where
            date_day = solved_date
            and is_written
            and human_replies = 1
            and not is_reopened
        ) as contacts_one_touch,
        count(*) filter (where date_day = first_solved_date) as contacts_ever_solved,
        count(*) filter (where date_day = first_solved_date and is_reopened)
            as contacts_reopened,
        count(*) filter (where date_day = timed_date) as contacts_timed

    from events
    group by all

)

select * from final

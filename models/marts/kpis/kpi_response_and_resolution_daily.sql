{#- Each component on the day of its own event: opening, solution, end. -#}

with

contacts as (

    select *
    from {{ ref('fct_contacts') }}
    where is_countable

),

opened as (

    select
        opened_date as date_day,
        {{ cut_columns(contact_cuts()) }}
        count(*) filter (where is_first_response_due) as contacts_first_response_due,
        count(*) filter (where is_first_response_in_target)
            as contacts_first_response_in_target,
        count(first_response_seconds) filter (where is_written) as contacts_answered,
        sum(first_response_seconds) filter (where is_written) as first_response_seconds,
        sum(first_response_seconds::decimal(38, 0) * first_response_seconds) filter (
            where is_written
        ) as first_response_squared,
        sum(first_response_business_seconds) filter (where is_written)
            as first_response_business_seconds,
        sum(
            first_response_business_seconds::decimal(38, 0)
            * first_response_business_seconds
        ) filter (where is_written) as first_response_business_squared,
        count(*) filter (where is_resolution_due) as contacts_resolution_due,
        count(*) filter (where is_resolution_in_target)
            as contacts_resolution_in_target

    from contacts
    group by all

),

solved as (

    select
        resolved_date as date_day,
        {{ cut_columns(contact_cuts()) }}
        count(*) as contacts_with_resolution_time,
        sum(resolution_seconds) as resolution_seconds,
        sum(resolution_seconds::decimal(38, 0) * resolution_seconds)
            as resolution_squared,
        sum(resolution_business_seconds) as resolution_business_seconds,
        sum(
            resolution_business_seconds::decimal(38, 0) * resolution_business_seconds
        ) as resolution_business_squared,
        sum(resolution_seconds - pending_seconds) as resolution_net_seconds,
        sum(
            (resolution_seconds - pending_seconds)::decimal(38, 0)
            * (resolution_seconds - pending_seconds)
        ) as resolution_net_squared,
        count(*) filter (where is_written and not is_bot_settled)
            as contacts_solved_in_writing,
        count(*) filter (
            where
            is_written
            and not is_bot_settled
            and human_replies = 1
            and not is_reopened
        ) as contacts_one_touch

    from contacts
    where is_resolved and resolved_date is not null
    group by all

),

first_solved as (

    select
        first_solved_date as date_day,
        {{ cut_columns(contact_cuts()) }}
        count(*) as contacts_ever_solved,
        count(*) filter (where is_reopened) as contacts_reopened

    from contacts
    where first_solved_date is not null and not is_resolution_assumed
    group by all

),

-- what nobody measured, and calls nobody took, would pull the mean to zero
ended as (

    select
        ended_date as date_day,
        {{ cut_columns(contact_cuts()) }}
        count(*) as contacts_timed,
        sum(handle_seconds) as handle_seconds,
        sum(handle_seconds::decimal(38, 0) * handle_seconds) as handle_squared,
        sum(call_legs) as call_legs,
        sum(call_handle_seconds) as leg_seconds

    from contacts
    where is_handled and handle_seconds > 0 and not is_handle_time_assumed
    group by all

),

lines as (

    {{ union_by_name(['date_day'] + contact_cuts(), {
        'opened': [
            'contacts_first_response_due', 'contacts_first_response_in_target',
            'contacts_answered', 'first_response_seconds', 'first_response_squared',
            'first_response_business_seconds', 'first_response_business_squared',
            'contacts_resolution_due', 'contacts_resolution_in_target',
        ],
        'solved': [
            'contacts_with_resolution_time', 'resolution_seconds',
            'resolution_squared', 'resolution_business_seconds',
            'resolution_business_squared', 'resolution_net_seconds',
            'resolution_net_squared', 'contacts_solved_in_writing',
            'contacts_one_touch',
        ],
        'first_solved': [
            'contacts_ever_solved', 'contacts_reopened',
        ],
        'ended': [
            'contacts_timed', 'handle_seconds', 'handle_squared', 'call_legs',
            'leg_seconds',
        ],
    }) }}

),

final as (

    select
        -- grain
        date_day,
        {{ contact_cuts() | join(',
        ') }},

        -- components
        {% for component in [
            'contacts_first_response_due', 'contacts_first_response_in_target',
            'contacts_answered', 'first_response_seconds',
            'first_response_business_seconds', 'contacts_resolution_due',
            'contacts_resolution_in_target', 'contacts_with_resolution_time',
            'resolution_seconds', 'resolution_business_seconds',
            'resolution_net_seconds', 'contacts_solved_in_writing',
            'contacts_one_touch', 'contacts_ever_solved', 'contacts_reopened',
            'contacts_timed', 'handle_seconds', 'call_legs', 'leg_seconds',
        ] -%}
        coalesce(sum({{ component }}), 0)::bigint as {{ component }},
        {% endfor -%}
    {% for component in [
        'first_response_squared', 'first_response_business_squared',
        'resolution_squared', 'resolution_business_squared',
        'resolution_net_squared', 'handle_squared',
    ] -%}
    coalesce(sum({{ component }}), 0)::decimal(38, 4) as {{ component }}
    {{- ',' if not loop.last }}
    {% endfor %}

    from lines
    group by all

)

select * from final

{#-
    Active customers as they stood at the horizon, and at up to twelve instants before
    whose churn_days have passed: what was known of each, and whether they came back.
-#}

{%- set window_days = 90 %}
{%- set step_days = 30 %}

with

orders as (

    select
        customer_id,
        ordered_at,
        min(ordered_at) over customer_orders as first_ordered_at,
        count(*) over customer_orders as orders,
        coalesce(sum(margin_amount) over customer_orders, 0) as margin_amount,
        lead(ordered_at, 1, timestamp '9999-12-31') over customer_orders
            as next_ordered_at

    from {{ ref('int_orders_credited') }}
    where is_valid_order and customer_id is not null
    window customer_orders as (
        partition by customer_id order by ordered_at, order_id
    )

),

contacts as (

    select *
    from {{ ref('int_contacts_conformed') }}
    where is_countable and customer_id is not null

),

answers as (

    select *
    from {{ ref('int_survey_answers_counted') }}
    where nps_group is not null and customer_id is not null

),

horizon as (

    select
        horizon.as_of + interval '1 second' as stopped_at,
        horizon.first_event_at
        + {{ window_days }} * interval '1 day' as known_from,
        floor(thresholds.churn_days * 86400)::bigint
        * interval '1 second' as silence

    from {{ ref('int_data_horizon') }} as horizon
    inner join {{ ref('int_churn_thresholds') }} as thresholds
        on
            date_trunc('year', {{ local_date('horizon.as_of') }})::date
            = thresholds.year_start_date

),

instants as (

    select
        stopped_at as observed_at,
        silence,
        false as is_judged
    from horizon
    union all
    select
        horizon.stopped_at
        - horizon.silence
        - steps.step_number * {{ step_days }} * interval '1 day' as observed_at,
        horizon.silence,
        true as is_judged
    from horizon
    cross join
        (
            values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11)
        ) as steps (step_number)
    where
        horizon.stopped_at
        - horizon.silence
        - steps.step_number * {{ step_days }} * interval '1 day'
        >= horizon.known_from

),

actives as (

    select
        instants.*,
        orders.customer_id,
        orders.orders,
        orders.margin_amount,
        orders.first_ordered_at,
        orders.ordered_at,
        orders.next_ordered_at

    from instants
    inner join orders
        on
            instants.observed_at > orders.ordered_at
            and instants.observed_at <= orders.next_ordered_at
            and instants.observed_at - instants.silence <= orders.ordered_at

),

known_contacts as (

    select
        instants.observed_at,
        contacts.customer_id,
        contacts.contact_id,
        contacts.contact_reason,
        contacts.opened_at,
        contacts.is_unattended,
        coalesce(contacts.resolved_at < instants.observed_at, false) as is_resolved,
        contacts.transfers + contacts.escalations > 0 as is_handed_on,
        {{ seconds_between(
            'contacts.opened_at',
            'least(coalesce(contacts.resolved_at, instants.observed_at), '
            'instants.observed_at)'
        ) }} as waited_seconds

    from instants
    inner join contacts
        on
            instants.observed_at > contacts.opened_at
            and instants.observed_at
            <= contacts.opened_at + {{ window_days }} * interval '1 day'

),

contacted as (

    select
        observed_at,
        customer_id,
        count(*) as contacts,
        count(*) filter (where not is_resolved) as contacts_unresolved,
        count(*) filter (where is_handed_on) as contacts_handed_on,
        max(waited_seconds) filter (where not is_unattended) as longest_wait_seconds,
        max_by(
            coalesce(contact_reason, 'unknown'), (opened_at, contact_id)
        ) as contact_reason,
        max_by(
            case
                when is_unattended then 'never answered'
                else {{ wait_band('waited_seconds') }}
            end,
            (opened_at, contact_id)
        ) as wait_band

    from known_contacts
    group by all

),

answered as (

    select
        instants.observed_at,
        answers.customer_id,
        max_by(
            answers.nps_group = 'detractor', (answers.answered_at, answers.answer_id)
        ) as is_detractor

    from instants
    inner join answers
        on
            instants.observed_at > answers.answered_at
            and instants.observed_at
            <= answers.answered_at + {{ window_days }} * interval '1 day'
    group by all

),

final as (

    select
        -- grain
        actives.observed_at,
        actives.customer_id,

        -- attributes
        contacted.contact_reason,
        contacted.wait_band,

        -- flags
        case
            when actives.is_judged
                then actives.next_ordered_at > actives.observed_at + actives.silence
        end as is_lost,
        coalesce(answered.is_detractor, false) as is_detractor,

        -- measures
        actives.orders,
        actives.margin_amount::decimal(18, 2) as margin_to_date_amount,
        {{ seconds_between('actives.ordered_at', 'actives.observed_at') }}
        / 86400::double as silent_days,
        {{ seconds_between('actives.first_ordered_at', 'actives.observed_at') }}
        / 86400::double as age_days,
        coalesce(contacted.contacts, 0) as contacts,
        coalesce(contacted.contacts_unresolved, 0) as contacts_unresolved,
        coalesce(contacted.contacts_handed_on, 0) as contacts_handed_on,
        coalesce(contacted.longest_wait_seconds, 0) as longest_wait_seconds

    from actives
    left join contacted
        on
            actives.observed_at = contacted.observed_at
            and actives.customer_id = contacted.customer_id
    left join answered
        on
            actives.observed_at = answered.observed_at
            and actives.customer_id = answered.customer_id

)

select * from final

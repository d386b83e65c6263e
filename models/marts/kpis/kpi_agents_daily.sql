{#- What agents did, by the day they did it; work counts against logged hours. -#}

{%- set cuts = ['team', 'tier', 'site', 'partner', 'agent'] %}

with

activity as (

    select * from {{ ref('fct_agent_activity') }}

),

contacts as (

    select
        *,
        {{ local_date('first_response_at') }} as handled_date

    from {{ ref('fct_contacts') }}
    where is_countable and is_handled

),

worked as (

    select
        activity_date,
        agent_id,
        {{ cut_columns(cuts) }}
        sum(activity_seconds) filter (where activity = 'logged_in')
            as logged_in_seconds,
        sum(activity_seconds) filter (where activity = 'on_contact')
            as on_contact_seconds,
        sum(activity_seconds) filter (where activity = 'wrap') as wrap_seconds,
        sum(activity_seconds) filter (where activity = 'busy') as busy_seconds,
        sum(activity_seconds) filter (where activity = 'scheduled')
            as scheduled_seconds,
        sum(activity_seconds) filter (where activity = 'adherent') as adherent_seconds

    from activity
    group by all

),

handled as (

    select
        handled_date,
        agent_id,
        count(*) as contacts_handled

    from contacts
    group by all

),

final as (

    select
        -- grain
        worked.activity_date as date_day,
        {% for cut in cuts -%}
        worked.{{ cut }},
        {% endfor %}
        -- components
        count(*) filter (where worked.logged_in_seconds > 0) as agent_days,
        coalesce(sum(worked.logged_in_seconds), 0)::bigint as logged_in_seconds,
        coalesce(sum(worked.on_contact_seconds), 0)::bigint as on_contact_seconds,
        coalesce(sum(worked.wrap_seconds), 0)::bigint as wrap_seconds,
        coalesce(sum(worked.busy_seconds), 0)::bigint as busy_seconds,
        coalesce(sum(worked.scheduled_seconds), 0)::bigint as scheduled_seconds,
        coalesce(sum(worked.adherent_seconds), 0)::bigint as adherent_seconds,
        coalesce(
            sum(handled.contacts_handled) filter (where worked.logged_in_seconds > 0), 0
        )::bigint as contacts_handled_while_logged_in

    from worked
    left join handled
        on
            worked.agent_id = handled.agent_id
            and worked.activity_date = handled.handled_date
    group by all

)

select * from final

{#-
    The backlog's account, day by day: opening + created + reopened - solved - excluded =
    closing. Every combination has a row on every day from its first, so that none is
    missing where nothing moved.
-#}

{%- set cuts = [
    'channel', 'contact_reason', 'journey_stage', 'team', 'tier', 'site', 'partner'
] %}

with

movements as (

    select * from {{ ref('int_backlog_moved') }}

),

contacts as (

    select * from {{ ref('fct_contacts') }}

),

days as (

    select date_day from {{ ref('dim_date') }}

),

described as (

    select
        movements.moved_date as date_day,
        movements.movement,
        {{ cut_columns(cuts) | trim | trim(',') }}

    from movements
    inner join contacts on movements.contact_id = contacts.contact_id

),

moved as (

    select
        date_day,
        {{ cuts | join(',
        ') }},
        count(*) filter (where movement = 'created') as contacts_created,
        count(*) filter (where movement = 'reopened') as contacts_put_back,
        count(*) filter (where movement = 'solved') as contacts_solved,
        count(*) filter (where movement = 'excluded') as contacts_left_out

    from described
    group by all

),

combinations as (

    select
        {{ cuts | join(',
        ') }},
        min(date_day) as first_date

    from moved
    group by all

),

filled as (

    select
        days.date_day,
        {% for cut in cuts -%}
        combinations.{{ cut }},
        {% endfor -%}
        coalesce(moved.contacts_created, 0) as contacts_created,
        coalesce(moved.contacts_put_back, 0) as contacts_put_back,
        coalesce(moved.contacts_solved, 0) as contacts_solved,
        coalesce(moved.contacts_left_out, 0) as contacts_left_out

    from combinations
    inner join days on combinations.first_date <= days.date_day
    left join moved
        on
            days.date_day = moved.date_day
            {% for cut in cuts -%}
            and combinations.{{ cut }} = moved.{{ cut }}
            {% endfor %}

),

accumulated as (

    select
        *,
        sum(
            contacts_created + contacts_put_back - contacts_solved - contacts_left_out
        ) over (
            partition by {{ cuts | join(', ') }}
            order by date_day
            rows between unbounded preceding and current row
        ) as contacts_closing

    from filled

),

final as (

    select
        -- grain
        date_day,
        {{ cuts | join(',
        ') }},

        -- components
        (
            contacts_closing
            - contacts_created
            - contacts_put_back
            + contacts_solved
            + contacts_left_out
        )::bigint as contacts_opening,
        contacts_created::bigint as contacts_created,
        contacts_put_back::bigint as contacts_put_back,
        contacts_solved::bigint as contacts_solved,
        contacts_left_out::bigint as contacts_left_out,
        contacts_closing::bigint as contacts_closing

    from accumulated

)

select * from final

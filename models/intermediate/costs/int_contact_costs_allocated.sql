{#-
    Spreads each month's ledger over the countable contacts opened in it: agent time by
    handled second, overhead evenly; a team's lines over that team's contacts, if it has
    any. Each contact gets the difference of two rounded running shares, so the cents
    add up to the ledger exactly.
-#}

with

contacts as (

    select * from {{ ref('int_contacts_conformed') }}

),

costs as (

    select * from {{ ref('int_support_costs_unioned') }}

),

dated as (

    select
        contact_id,
        last_team as team,
        handle_seconds,
        compensation_amount,
        date_trunc('month', {{ local_date('opened_at') }})::date as month_start_date

    from contacts
    where is_countable

),

staffed as (

    select distinct
        month_start_date,
        team

    from dated

),

scoped as (

    select
        costs.month_start_date,
        -- a team without contacts that month serves everyone
        staffed.team,
        costs.cost_driver,
        costs.cost_amount

    from costs
    left join staffed
        on
            costs.month_start_date = staffed.month_start_date
            and costs.team = staffed.team

),

costed_months as (

    select distinct month_start_date
    from costs

),

team_pools as (

    select
        month_start_date,
        team,
        coalesce(
            sum(cost_amount) filter (where cost_driver = 'agent_time'), 0
        ) as agent_amount,
        coalesce(
            sum(cost_amount) filter (where cost_driver = 'overhead'), 0
        ) as overhead_amount

    from scoped
    group by all

),

shared_pools as (

    select
        month_start_date,
        coalesce(
            sum(cost_amount) filter (where cost_driver = 'agent_time'), 0
        ) as agent_amount,
        coalesce(
            sum(cost_amount) filter (where cost_driver = 'overhead'), 0
        ) as overhead_amount

    from scoped
    where team is null
    group by all

),

weighed as (

    select
        *,
        -- where nobody measured a second, agent time is spread evenly too
        case
            when sum(handle_seconds) over (partition by month_start_date) > 0
                then handle_seconds
            else 1
        end as month_weight,
        case
            when sum(handle_seconds) over (partition by month_start_date, team) > 0
                then handle_seconds
            else 1
        end as team_weight

    from dated

),

shared_out as (

    select
        *,
        sum(month_weight) over in_month_so_far as month_weight_so_far,
        sum(month_weight) over in_month as month_weights,
        count(*) over in_month_so_far as month_contacts_so_far,
        count(*) over in_month as month_contacts,
        sum(team_weight) over in_team_so_far as team_weight_so_far,
        sum(team_weight) over in_team as team_weights,
        count(*) over in_team_so_far as team_contacts_so_far,
        count(*) over in_team as team_contacts

    from weighed

    window
        in_month as (partition by month_start_date),
        in_month_so_far as (
            partition by month_start_date
            order by contact_id
            rows between unbounded preceding and current row
        ),
        in_team as (partition by month_start_date, team),
        in_team_so_far as (
            partition by month_start_date, team
            order by contact_id
            rows between unbounded preceding and current row
        )

),

allocated as (

    select
        portions.contact_id,
        portions.month_start_date,
        {{ share_of(
            'shared_pools.agent_amount', 'portions.month_weight',
            'portions.month_weight_so_far', 'portions.month_weights'
        ) }}
        + {{ share_of(
            'team_pools.agent_amount', 'portions.team_weight',
            'portions.team_weight_so_far', 'portions.team_weights'
        ) }} as agent_cost_amount,
        {{ share_of(
            'shared_pools.overhead_amount', '1',
            'portions.month_contacts_so_far', 'portions.month_contacts'
        ) }}
        + {{ share_of(
            'team_pools.overhead_amount', '1',
            'portions.team_contacts_so_far', 'portions.team_contacts'
        ) }} as overhead_cost_amount,
        portions.compensation_amount,
        costed_months.month_start_date is not null as is_costed

    from shared_out as portions
    left join costed_months
        on portions.month_start_date = costed_months.month_start_date
    left join shared_pools on portions.month_start_date = shared_pools.month_start_date
    left join team_pools
        on
            portions.month_start_date = team_pools.month_start_date
            and portions.team = team_pools.team

),

final as (

    select
        -- keys
        contact_id,

        -- flags
        is_costed,

        -- measures
        agent_cost_amount::decimal(18, 2) as agent_cost_amount,
        overhead_cost_amount::decimal(18, 2) as overhead_cost_amount,
        compensation_amount,
        (
            agent_cost_amount + overhead_cost_amount + compensation_amount
        )::decimal(18, 2) as contact_cost_amount,

        -- dates
        month_start_date

    from allocated

)

select * from final

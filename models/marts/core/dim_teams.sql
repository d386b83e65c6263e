{#- A team that moves, or changes hands, has a row for each of its times. -#}

with

contacts as (

    select * from {{ ref('int_contacts_conformed') }}

),

answers as (

    select * from {{ ref('int_survey_answers_counted') }}

),

calls as (

    select * from {{ ref('int_calls_attached') }}

),

costs as (

    select * from {{ ref('int_support_costs_unioned') }}

),

teams as (

    select * from {{ ref('teams') }}

),

seen as (

    select team from contacts
    union
    select team from answers
    union
    select team from calls
    union
    select team from costs
    union
    select team from teams

),

final as (

    select
        -- keys
        seen.team,

        -- attributes
        teams.tier::string as tier,
        teams.site,
        teams.partner,

        -- dates
        coalesce(teams.valid_from, date '2000-01-01') as valid_from_date,
        coalesce(teams.valid_to, date '9999-12-31') as valid_to_date

    from seen
    left join teams on seen.team = teams.team
    where seen.team is not null

)

select * from final

{#- Everyone who handled anything, leavers included; names stay in the landed files. -#}

with

contacts as (

    select * from {{ ref('int_contacts_conformed') }}

),

legs as (

    select * from {{ ref('int_call_legs_unioned') }}

),

answers as (

    select * from {{ ref('int_survey_answers_counted') }}

),

activity as (

    select * from {{ ref('int_agent_activity_merged') }}

),

bots as (

    select source_system || ':' || source_agent_id as agent_id
    from {{ ref('bot_agents') }}

),

users as (

    select * from {{ ref('stg_zendesk__users') }}

),

seen as (

    select agent_id from contacts
    union
    select agent_id from legs
    union
    select agent_id from answers
    union
    select agent_id from activity
    union
    select 'zendesk:' || user_id as agent_id
    from users
    where is_staff

),

final as (

    select
        -- keys
        seen.agent_id,
        split_part(seen.agent_id, ':', 1) as source_system,

        -- flags
        bots.agent_id is not null as is_bot,
        coalesce(users.is_active, true) as is_active

    from seen
    left join users on seen.agent_id = 'zendesk:' || users.user_id
    left join bots on seen.agent_id = bots.agent_id
    where seen.agent_id is not null

)

select * from final

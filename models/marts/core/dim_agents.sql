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
        coalesce(users.is_active, true) as is_active

    from seen
    left join users on seen.agent_id = 'zendesk:' || users.user_id
    where seen.agent_id is not null

)

select * from final

with

activity as (

    select * from {{ ref('int_agent_activity_merged') }}

),

agent_teams as (

    select
        source_system || ':' || source_agent_id as agent_id,
        team,
        valid_from,
        valid_to

    from {{ ref('agent_teams') }}

),

teams as (

    select * from {{ ref('teams') }}

),

final as (

    select
        -- keys
        activity.agent_activity_id,
        activity.agent_id,

        -- attributes
        activity.activity,
        agent_teams.team,
        teams.tier::string as tier,
        teams.site,
        teams.partner,

        -- measures
        activity.activity_seconds,

        -- dates and timestamps
        activity.activity_date,
        activity.started_at,
        activity.ended_at

    from activity
    left join agent_teams
        on
            activity.agent_id = agent_teams.agent_id
            and activity.activity_date
            between agent_teams.valid_from and agent_teams.valid_to
    left join teams
        on
            agent_teams.team = teams.team
            and activity.activity_date between teams.valid_from and teams.valid_to

)

select * from final

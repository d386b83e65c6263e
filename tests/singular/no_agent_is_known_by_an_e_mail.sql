-- An agent named by e-mail is a key, one for every spelling; any other id stays.

with

agents (agent, has_key) as (

    values
    ('ann@example.com', true),
    (' Ann@Example.com ', true),
    ('Agent/1001', false),
    ('@ann', false),
    (null, false)

),

final as (

    select *
    from agents
    where
        {{ agent_key('agent') }} is distinct from case
            when has_key then {{ email_key("'ann@example.com'") }} else agent
        end

)

select * from final

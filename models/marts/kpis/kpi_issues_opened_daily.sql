with

issues as (

    select * from {{ ref('fct_issues') }}

),

final as (

    select
        -- grain
        opened_date as date_day,
        coalesce(channel, 'unknown') as channel,
        coalesce(contact_reason, 'unknown') as contact_reason,
        coalesce(team, 'unknown') as team,

        -- components
        count(*) as issues,
        count(*) filter (where is_fcr_eligible) as issues_fcr_eligible,
        count(*) filter (where is_resolved_first_time) as issues_resolved_first_time

    from issues
    group by all

)

select * from final

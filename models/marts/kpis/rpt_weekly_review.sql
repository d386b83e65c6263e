{#-
    What to talk about on Monday: each week's five dearest issues, five warmest verbatims
    (an id and a link, never the text) and the contact of the week with why it was chosen.
-#}

with

issues as (

    select *
    from {{ ref('fct_issues') }}
    where is_costed

),

contacts as (

    select * from {{ ref('fct_contacts') }}

),

answers as (

    select
        *,
        {{ scale_to_seven(
            'score', 'scale_min', 'scale_max',
            "coalesce(scale_direction, 'high_is_good')"
        ) }} as warmth

    from {{ ref('fct_survey_responses') }}
    where is_counted and survey_kind = 'service' and question_type in ('csat', 'nps')

),

days as (

    select * from {{ ref('dim_date') }}

),

source_systems as (

    select * from {{ ref('source_systems') }}

),

dearest as (

    select
        'dearest_issue' as section,
        ended_date as date_day,
        issue_id as record_id,
        issue_id as contact_id,
        null as chosen_because,
        issue_cost_amount as review_value,
        contacts as weight,
        row_number() over (
            partition by date_trunc('week', ended_date)
            order by issue_cost_amount desc, issue_id asc
        ) as place

    from issues

),

-- a respondent speaks once, with the warmer of the two scores
responses as (

    select
        source_system,
        source_id,
        max(contact_id) as contact_id,
        max(answered_date) as answered_date,
        max(warmth) as warmth,
        max(comment_characters) as comment_characters

    from answers
    group by all

),

warmest as (

    select
        'warmest_verbatim' as section,
        answered_date as date_day,
        source_system || ':' || source_id as record_id,
        contact_id,
        null as chosen_because,
        warmth as review_value,
        comment_characters as weight,
        row_number() over (
            partition by date_trunc('week', answered_date)
            order by warmth desc, comment_characters desc, source_id asc
        ) as place

    from responses
    where comment_characters > 0 and warmth >= 6

),

delighted as (

    select
        contact_id,
        max(answered_date) as answered_date

    from responses
    where contact_id is not null and warmth = 7
    group by all

),

told as (

    select
        contacts.contact_id,
        coalesce(delighted.answered_date, contacts.ended_date) as date_day,
        delighted.contact_id is not null as is_delighted,
        case
            when delighted.contact_id is null then 'most_work_of_the_week'
            when contacts.is_reopened then 'delighted_after_a_reopening'
            when contacts.is_escalated then 'delighted_after_an_escalation'
            when contacts.is_transferred then 'delighted_after_a_transfer'
            else 'delighted_after_the_most_work'
        end as chosen_because,
        contacts.handle_seconds,
        contacts.reopens + contacts.escalations + contacts.transfers as hurdles

    from contacts
    left join delighted on contacts.contact_id = delighted.contact_id
    where contacts.is_countable and contacts.is_resolved and contacts.is_handled

),

chosen as (

    select
        'contact_of_the_week' as section,
        date_day,
        contact_id as record_id,
        contact_id,
        chosen_because,
        handle_seconds as review_value,
        hurdles as weight,
        row_number() over (
            partition by date_trunc('week', date_day)
            order by
                is_delighted desc, hurdles desc, handle_seconds desc, contact_id asc
        ) as place

    from told

),

unioned as (

    select * from dearest
    where place <= 5
    union all
    select * from warmest
    where place <= 5
    union all
    select * from chosen
    where place = 1

),

final as (

    select
        -- grain
        days.week_start_date,
        unioned.section,
        unioned.place::integer as place,

        -- keys
        unioned.record_id,
        unioned.contact_id,

        -- attributes
        unioned.chosen_because,
        contacts.channel,
        contacts.contact_reason,
        contacts.team,
        replace(source_systems.contact_url, '{id}', contacts.source_id) as source_url,

        -- values
        unioned.review_value::double as review_value,
        unioned.weight::bigint as weight

    from unioned
    inner join days on unioned.date_day = days.date_day
    left join contacts on unioned.contact_id = contacts.contact_id
    left join source_systems on contacts.source_system = source_systems.source_system

)

select * from final

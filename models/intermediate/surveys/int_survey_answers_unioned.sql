{#- Every answer to one question of one response, on the scale it was asked on. -#}

with

ratings as (

    select * from {{ ref('stg_zendesk__satisfaction_ratings') }}

),

users as (

    select * from {{ ref('stg_zendesk__users') }}

),

groups as (

    select * from {{ ref('stg_zendesk__groups') }}

),

responses as (

    select * from {{ ref('stg_qualtrics__responses') }}

),

stated_answers as (

    select * from {{ ref('int_survey_answers_stated') }}

),

questions as (

    select * from {{ ref('survey_questions') }}

),

aliases as (

    select * from {{ ref('agent_aliases') }}

),

default_scales as (

    select * from {{ ref('default_scales') }}

),

zendesk as (

    select
        'zendesk' as source_system,
        ratings.rating_id as source_id,
        'satisfaction_rating' as survey_id,
        'csat' as question_type,
        null as dimension,
        ratings.ticket_id as contact_source_id,
        ratings.requester_id as customer_source_id,
        users.email_key,
        'zendesk:' || ratings.assignee_id as agent_id,
        groups.team,
        -- offered and unoffered are invitations, not answers; good is 1, bad is 0
        case
            when ratings.score = 'good' then 1
            when ratings.score = 'bad' then 0
            else try_cast(ratings.score as decimal(18, 4))
        end as score,
        case when ratings.score in ('good', 'bad') then 0 end as scale_min,
        case when ratings.score in ('good', 'bad') then 1 end as scale_max,
        null as scale_direction,
        length(ratings.comment) as comment_characters,
        ratings.rated_at as answered_at

    from ratings
    left join users on ratings.requester_id = users.user_id
    left join groups on ratings.group_id = groups.group_id
    where ratings.score not in ('offered', 'unoffered')

),

-- what was written goes no further, only how much it was
comments as (

    select
        responses.response_source_id,
        sum(length(
            {{ json_member('responses.answers', 'questions.question_key') }}
        )) as comment_characters

    from responses
    inner join questions
        on
            responses.survey_id = questions.survey_id
            and questions.source_system = 'qualtrics'
            and questions.question_type = 'comment'
    group by all

),

qualtrics as (

    select
        'qualtrics' as source_system,
        responses.response_source_id as source_id,
        responses.survey_id,
        questions.question_type,
        questions.dimension,
        responses.contact_source_id,
        null as customer_source_id,
        responses.email_key,
        null as agent_id,
        null as team,
        try_cast(
            {{ json_member('responses.answers', 'questions.question_key') }}
            as decimal(18, 4)
        ) as score,
        questions.scale_min,
        questions.scale_max,
        questions.scale_direction,
        comments.comment_characters,
        responses.answered_at

    from responses
    inner join questions
        on
            responses.survey_id = questions.survey_id
            and questions.source_system = 'qualtrics'
            and questions.question_type != 'comment'
    left join comments
        on responses.response_source_id = comments.response_source_id
    where
        responses.is_finished
        and not responses.is_preview
        and {{ json_member('responses.answers', 'questions.question_key') }} is not null

),

stated as (

    select
        answers.source_system,
        answers.response_source_id as source_id,
        answers.survey_id,
        answers.question_type,
        answers.dimension,
        answers.contact_source_id,
        answers.customer_source_id,
        answers.email_key,
        coalesce(aliases.agent_source_system, answers.source_system) || ':'
        || coalesce(aliases.agent_source_id, answers.agent_source_id) as agent_id,
        null as team,
        answers.score,
        answers.scale_min,
        answers.scale_max,
        answers.scale_direction,
        answers.comment_characters,
        answers.answered_at

    from stated_answers as answers
    left join aliases
        on
            answers.source_system = aliases.source_system
            and answers.agent_source_id = {{ agent_key('aliases.source_agent_id') }}

),

unioned as (

    select * from zendesk
    union all
    select * from qualtrics
    union all
    select * from stated

),

-- two tools may name a survey alike: one about the relationship makes it one
kinds as (

    select
        survey_id,
        min(survey_kind) as survey_kind

    from questions
    group by all

),

scaled as (

    select
        unioned.*,
        coalesce(kinds.survey_kind, 'service') as survey_kind,
        coalesce(unioned.scale_min, default_scales.scale_min)::decimal(18, 4)
            as declared_min,
        coalesce(unioned.scale_max, default_scales.scale_max)::decimal(18, 4)
            as declared_max,
        coalesce(unioned.scale_direction, default_scales.scale_direction)
            as declared_direction

    from unioned
    left join kinds on unioned.survey_id = kinds.survey_id
    left join default_scales on unioned.question_type = default_scales.question_type

),

final as (

    select
        -- keys
        concat_ws(':', source_system, source_id, question_type, dimension) as answer_id,
        source_system,
        source_id,
        survey_id,
        {{ identity_id(
            'source_system', 'customer_source_id', 'email_key', 'cast(null as string)'
        ) }} as identity_id,
        customer_source_id,
        email_key,
        contact_source_id,
        agent_id,

        -- attributes
        team,
        survey_kind,
        question_type,
        dimension,
        declared_direction as scale_direction,

        -- measures
        coalesce(comment_characters, 0)::bigint as comment_characters,
        score::decimal(18, 4) as score,
        declared_min as scale_min,
        declared_max as scale_max,

        -- timestamps
        answered_at

    from scaled

)

select * from final

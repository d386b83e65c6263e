{#- Answers on the day they were given, invitations on the day they were sent. -#}

with

answers as (

    select *
    from {{ ref('fct_survey_responses') }}
    where is_counted and survey_kind = 'service'

),

invitations as (

    select *
    from {{ ref('fct_survey_invitations') }}
    where is_counted

),

answer_lines as (

    select
        answered_date as date_day,
        {{ cut_columns(survey_cuts(), {'survey': 'survey_id'}) }}
        count(*) filter (where question_type = 'csat') as csat_answers,
        count(*) filter (where question_type = 'csat' and is_satisfied)
            as csat_answers_satisfied,
        count(effort_score) as ces_answers,
        sum(effort_score) as ces_effort,
        sum(effort_score * effort_score) as ces_effort_squared,
        count(servqual_gap_score) as servqual_pairs,
        sum(servqual_gap_score) as servqual_gap_total,
        sum(servqual_gap_score * servqual_gap_score) as servqual_gap_squared,
        count(is_solved_first_time) as fcr_answers,
        count(*) filter (where is_solved_first_time) as fcr_answers_yes

    from answers
    group by all

),

invitation_lines as (

    select
        invited_date as date_day,
        {{ cut_columns(survey_cuts(), {
            'survey': 'survey_id', 'dimension': 'null'
        }) }}
        count(*) as survey_invitations_eligible,
        count(*) filter (where is_delivered) as survey_invitations_delivered,
        count(*) filter (where is_delivered and is_responded)
            as survey_invitations_responded

    from invitations
    group by all

),

lines as (

    {{ union_by_name(['date_day'] + survey_cuts(), {
        'answer_lines': [
            'csat_answers', 'csat_answers_satisfied', 'ces_answers', 'ces_effort',
            'ces_effort_squared', 'servqual_pairs', 'servqual_gap_total',
            'servqual_gap_squared', 'fcr_answers', 'fcr_answers_yes',
        ],
        'invitation_lines': [
            'survey_invitations_eligible', 'survey_invitations_delivered',
            'survey_invitations_responded',
        ],
    }) }}

),

final as (

    select
        -- grain
        date_day,
        {{ survey_cuts() | join(',
        ') }},

        -- components
        {% for component in [
            'csat_answers', 'csat_answers_satisfied', 'ces_answers', 'servqual_pairs',
            'fcr_answers', 'fcr_answers_yes', 'survey_invitations_eligible',
            'survey_invitations_delivered', 'survey_invitations_responded',
        ] -%}
        coalesce(sum({{ component }}), 0)::bigint as {{ component }},
        {% endfor -%}
        {% for component in [
            'ces_effort', 'ces_effort_squared', 'servqual_gap_total', 'servqual_gap_squared',
        ] -%}
    coalesce(sum({{ component }}), 0)::decimal(38, 4) as {{ component }}
    {{- ',' if not loop.last }}
    {% endfor %}

    from lines
    group by all

)

select * from final

{#- A customer's latest answer of the period: a quarter is no sum of months. -#}

with

answers as (

    select * from {{ ref('fct_survey_responses') }}

),

periods as (

    select * from {{ ref('bridge_dates_x_periods') }}

),

placed as (

    select
        periods.period_grain,
        periods.period_start_date,
        answers.*,
        row_number() over (
            partition by
                periods.period_grain,
                periods.period_start_date,
                -- an answer nobody can be named for stands for itself
                coalesce(answers.customer_id, answers.answer_id)
            order by answers.answered_at desc, answers.answer_id desc
        ) as recency

    from answers
    inner join periods on answers.answered_date = periods.date_day
    where
        answers.question_type = 'nps'
        and answers.survey_kind = 'service'
        and answers.is_counted

),

final as (

    select
        -- grain
        period_grain,
        period_start_date,
        {{ cut_columns(survey_cuts(), {'survey': 'survey_id'}) }}
        -- components
        count(*) as nps_answers,
        count(*) filter (where nps_group = 'promoter') as nps_promoters,
        count(*) filter (where nps_group = 'passive') as nps_passives,
        count(*) filter (where nps_group = 'detractor') as nps_detractors,
        count(*) filter (where nps_group = 'promoter')
        - count(*) filter (where nps_group = 'detractor') as nps_net_promoters,
        count(*) filter (where nps_group in ('promoter', 'detractor')) as nps_decided

    from placed
    where recency = 1
    group by all

)

select * from final

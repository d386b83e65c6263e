{#- A customer's latest answer of the period: a quarter is no sum of months. -#}

with

answers as (

    select
        *,
        -- an answer nobody can be named for stands for itself
        lead(answered_date) over (
            partition by coalesce(customer_id, answer_id)
            order by answered_at, answer_id
        ) as next_answered_date

    from {{ ref('fct_survey_responses') }}
    where
        question_type = 'nps'
        and survey_kind = 'service'
        and is_counted

),

periods as (

    select * from {{ ref('bridge_dates_x_periods') }}

),

-- the latest of a period is followed by none in it: ranked before it is repeated
latest as (

    select
        periods.period_grain,
        periods.period_start_date,
        answers.*

    from answers
    inner join periods on answers.answered_date = periods.date_day
    left join periods as next_periods
        on
            periods.period_grain = next_periods.period_grain
            and periods.period_start_date = next_periods.period_start_date
            and answers.next_answered_date = next_periods.date_day
    where next_periods.date_day is null

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

    from latest
    group by all

)

select * from final

{#-
    What stands to be lost, dearest first: margin expected of a customer, times by how
    much likelier such a contact, waited for that long, or such an answer, makes a loss.
-#}

with

moves as (

    select
        moved.contact_id,
        sum(
            case when moved.movement in ('created', 'reopened') then 1 else -1 end
        ) as is_open

    from {{ ref('int_backlog_moved') }} as moved
    cross join {{ ref('int_data_horizon') }} as horizon
    where horizon.as_of >= moved.moved_at
    group by all

),

contacts as (

    select * from {{ ref('fct_contacts') }}

),

answers as (

    select * from {{ ref('fct_survey_responses') }}

),

expected as (

    select * from {{ ref('int_customers_expected') }}

),

uplifts as (

    select * from {{ ref('int_churn_uplifts_estimated') }}

),

horizon as (

    select * from {{ ref('int_data_horizon') }}

),

risks as (

    select
        'open contact' as risk_source,
        contacts.contact_id as source_record_id,
        contacts.contact_id,
        contacts.customer_id,
        contacts.channel,
        contacts.contact_reason,
        contacts.team,
        contacts.opened_at as since_at,
        horizon.as_of,
        coalesce(contacts.contact_reason, 'unknown') as uplift_reason,
        {{ wait_band(seconds_between('contacts.opened_at', 'horizon.as_of')) }}
            as wait_band

    from contacts
    inner join moves on contacts.contact_id = moves.contact_id and moves.is_open = 1
    cross join horizon
    union all
    select
        'detractor' as risk_source,
        answers.answer_id as source_record_id,
        answers.contact_id,
        answers.customer_id,
        answers.channel,
        answers.contact_reason,
        answers.team,
        answers.answered_at as since_at,
        horizon.as_of,
        'all' as uplift_reason,
        'all' as wait_band

    from answers
    cross join horizon
    where
        answers.is_counted
        and answers.nps_group = 'detractor'
        and answers.answered_at
        > horizon.as_of - {{ var('detractor_days') }} * interval '1 day'

),

-- the narrowest that is known: its wait, its reason, any contact
matched as (

    select
        risks.*,
        uplifts.churn_uplift

    from risks
    left join uplifts
        on
            uplifts.contact_reason in (risks.uplift_reason, 'all')
            and uplifts.wait_band in (risks.wait_band, 'all')
    qualify
        row_number() over (
            partition by risks.risk_source, risks.source_record_id
            order by
                (uplifts.risk_source != risks.risk_source)::integer,
                (uplifts.contact_reason = 'all')::integer,
                (uplifts.wait_band = 'all')::integer
        ) = 1

),

priced as (

    select
        matched.*,
        expected.is_active,
        expected.churn_probability,
        expected.expected_margin_12m_amount,
        -- nobody is likelier than certain to be lost; what is unknown is left out
        (
            greatest(expected.expected_margin_12m_amount, 0)
            * least(greatest(matched.churn_uplift, 0), 1 - expected.churn_probability)
        )::decimal(18, 2) as value_at_risk_amount

    from matched
    left join expected on matched.customer_id = expected.customer_id

),

final as (

    select
        -- keys
        risk_source,
        source_record_id,
        contact_id,
        customer_id,

        -- attributes
        channel,
        contact_reason,
        team,
        case when wait_band != 'all' then wait_band end as wait_band,

        -- flags
        coalesce(is_active, false) as is_active,

        -- measures
        row_number() over (
            order by
                value_at_risk_amount desc,
                since_at asc,
                risk_source asc,
                source_record_id asc
        ) as risk_rank,
        {{ seconds_between('since_at', 'as_of') }} as waited_seconds,
        expected_margin_12m_amount,
        churn_probability,
        churn_uplift,
        value_at_risk_amount,

        -- timestamps
        since_at

    from priced

)

select * from final

{#-
    Which answers count. CSAT: one per contact, the latest inside its window. All
    answers stay; those left out say why.
-#}

with

answers as (

    select * from {{ ref('int_survey_answers_unioned') }}

),

contact_references as (

    select * from {{ ref('int_contact_references') }}

),

described_contacts as (

    select * from {{ ref('int_contacts_described') }}

),

teams as (

    select * from {{ ref('teams') }}

),

contacts as (

    select * from {{ ref('int_contacts_conformed') }}

),

identities as (

    select * from {{ ref('int_customer_identities_resolved') }}

),

csat_scales as (

    select * from {{ ref('csat_scales') }}

),

linked as (

    select
        answers.*,
        contact_references.contact_id,
        row_number() over (
            partition by answers.answer_id
            -- the survey's own system first; elsewhere only if nothing nearer matches
            order by
                (answers.source_system != contact_references.source_system)::integer,
                contact_references.contact_id
        ) as preference

    from answers
    left join contact_references
        on answers.contact_source_id = contact_references.reference

),

described as (

    select
        linked.*,
        coalesce(contacts.customer_id, identities.customer_id) as customer_id,
        contacts.channel,
        contacts.contact_reason,
        coalesce(contacts.is_countable, true) as is_countable,
        coalesce(linked.team, contacts.team) as answering_team,
        coalesce(linked.agent_id, contacts.agent_id) as answering_agent_id,
        case linked.question_type
            when 'nps' then {{ is_nps_score('linked.score') }}
            else coalesce(
                linked.score between linked.scale_min and linked.scale_max, false
            )
        end as is_valid,
        -- a scale that runs the other way is turned round before it is judged
        case linked.scale_direction
            when 'low_is_good' then linked.scale_min + linked.scale_max - linked.score
            else linked.score
        end >= csat_scales.satisfied_from as is_satisfied,
        {{ scale_to_seven(
            'linked.score', 'linked.scale_min', 'linked.scale_max',
            'linked.scale_direction'
        ) }} as scale_score,
        described_contacts.journey_stage,
        described_contacts.product_category,
        described_contacts.region,
        described_contacts.segment,
        described_contacts.value_band,
        described_contacts.tenure_band,
        described_contacts.frequency_band,
        contacts.ended_at is not null
        and not {{ is_within_days(
            'contacts.ended_at', 'linked.answered_at', var('csat_answer_days')
        ) }} as is_late

    from linked
    left join contacts on linked.contact_id = contacts.contact_id
    left join described_contacts on linked.contact_id = described_contacts.contact_id
    left join identities on linked.identity_id = identities.identity_id
    left join csat_scales
        on
            linked.question_type = 'csat'
            and linked.scale_min = csat_scales.scale_min
            and linked.scale_max = csat_scales.scale_max
    where linked.preference = 1

),

judged as (

    select
        *,
        case
            when not is_valid then 'invalid'
            when not is_countable then 'excluded_contact'
            when question_type = 'csat' and is_satisfied is null then 'undeclared_scale'
            when
                question_type in ('ces', 'servqual_perception', 'servqual_expectation')
                and scale_score is null then 'undeclared_scale'
            when question_type = 'csat' and is_late then 'late'
        end as own_reason

    from described

),

ranked as (

    select
        *,
        row_number() over (
            partition by
                question_type,
                coalesce(contact_id, answer_id),
                own_reason is null
            order by answered_at desc, answer_id desc
        ) as recency,
        -- what was expected, by the same respondent on the same dimension
        max(scale_score) filter (
            where question_type = 'servqual_expectation' and own_reason is null
        ) over (
            partition by source_system, source_id, dimension
        ) as expected_score

    from judged

),

final as (

    select
        -- keys
        ranked.answer_id,
        ranked.source_system,
        ranked.source_id,
        ranked.survey_id,
        ranked.contact_id,
        ranked.customer_id,
        ranked.answering_agent_id as agent_id,

        -- attributes
        ranked.channel,
        ranked.contact_reason,
        ranked.journey_stage,
        ranked.product_category,
        ranked.answering_team as team,
        teams.tier::string as tier,
        teams.site,
        teams.partner,
        ranked.region,
        ranked.segment,
        ranked.value_band,
        ranked.tenure_band,
        ranked.frequency_band,
        ranked.survey_kind,
        ranked.question_type,
        ranked.dimension,
        ranked.scale_direction,
        case
            when ranked.question_type = 'nps' then {{ nps_group('ranked.score') }}
        end as nps_group,
        case
            when ranked.own_reason is not null then ranked.own_reason
            when ranked.question_type = 'csat' and ranked.recency > 1 then 'superseded'
        end as not_counted_reason,

        -- flags
        case when ranked.question_type = 'csat' then ranked.is_satisfied end
            as is_satisfied,
        case
            when ranked.question_type = 'fcr'
                then
                    ranked.score
                    = case ranked.scale_direction
                        when 'low_is_good' then ranked.scale_min
                        else ranked.scale_max
                    end
        end as is_solved_first_time,

        -- measures
        ranked.comment_characters,
        ranked.score,
        -- 1 is effortless, 7 the hardest, whichever way the question was put
        case
            when ranked.question_type = 'ces' then 8 - ranked.scale_score
        end::decimal(18, 4)
            as effort_score,
        case
            when
                ranked.question_type = 'servqual_perception'
                and ranked.own_reason is null
                then ranked.scale_score - ranked.expected_score
        end::decimal(18, 4) as servqual_gap_score,
        ranked.scale_min,
        ranked.scale_max,

        -- timestamps
        ranked.answered_at

    from ranked
    left join teams
        on
            ranked.answering_team = teams.team
            and {{ is_valid_on('teams', 'ranked.answered_at') }}

)

select * from final

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
            when 'nps' then {{ nps_group('linked.score') }} is not null
            else coalesce(
                linked.score between linked.scale_min and linked.scale_max, false
            )
        end as is_valid,
        -- a scale that runs the other way is turned round before it is judged
        case linked.scale_direction
            when 'low_is_good' then linked.scale_min + linked.scale_max - linked.score
            else linked.score
        end >= csat_scales.satisfied_from as is_satisfied,
        contacts.ended_at is not null
        and not {{ is_within_days(
            'contacts.ended_at', 'linked.answered_at', var('csat_answer_days')
        ) }} as is_late

    from linked
    left join contacts on linked.contact_id = contacts.contact_id
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
        ) as recency

    from judged

),

final as (

    select
        -- keys
        answer_id,
        source_system,
        source_id,
        survey_id,
        contact_id,
        customer_id,
        answering_agent_id as agent_id,

        -- attributes
        channel,
        contact_reason,
        answering_team as team,
        survey_kind,
        question_type,
        dimension,
        scale_direction,
        case
            when question_type = 'nps' then {{ nps_group('score') }}
        end as nps_group,
        case
            when own_reason is not null then own_reason
            when question_type = 'csat' and recency > 1 then 'superseded'
        end as not_counted_reason,

        -- flags
        case when question_type = 'csat' then is_satisfied end as is_satisfied,

        -- measures
        score,
        scale_min,
        scale_max,

        -- timestamps
        answered_at

    from ranked

)

select * from final

{#- How much of what a KPI needs is there: shares to read beside the KPIs. -#}

with

contacts as (

    select * from {{ ref('fct_contacts') }}

),

calls as (

    select * from {{ ref('fct_calls') }}

),

answers as (

    select * from {{ ref('fct_survey_responses') }}

),

orders as (

    select * from {{ ref('fct_orders') }}

),

costs as (

    select * from {{ ref('fct_support_costs') }}

),

files as (

    select * from {{ ref('stg_landing__files') }}

),

counted as (

    select
        'assumed_handle_time_share' as coverage_id,
        'Contacts whose handle time is assumed' as label_en,
        'Contacts au temps de traitement supposé' as label_fr,
        count(*) filter (where is_handle_time_assumed) as numerator,
        count(*) as denominator
    from contacts
    where is_countable
    union all
    select
        'linked_share' as coverage_id,
        'Answered calls linked to a ticket' as label_en,
        'Appels décrochés liés à un ticket' as label_fr,
        count(*) filter (where is_linked) as numerator,
        count(*) as denominator
    from calls
    where is_answered
    union all
    select
        'linked_answer_share' as coverage_id,
        'Service answers linked to a contact' as label_en,
        'Réponses SAV liées à un contact' as label_fr,
        count(*) filter (where contact_id is not null) as numerator,
        count(*) as denominator
    from answers
    where survey_kind = 'service'
    union all
    select
        'known_margin_share' as coverage_id,
        'Valid orders whose margin is known' as label_en,
        'Commandes valides à marge connue' as label_fr,
        count(*) filter (where is_margin_known) as numerator,
        count(*) as denominator
    from orders
    where is_valid_order
    union all
    select
        'allocated_cost_share' as coverage_id,
        'Ledger allocated to contacts' as label_en,
        'Grand livre réparti sur les contacts' as label_fr,
        coalesce(sum(cost_amount) filter (where is_allocated), 0) as numerator,
        coalesce(sum(cost_amount), 0) as denominator
    from costs
    union all
    select
        'landed_row_share' as coverage_id,
        'Rows read that landed' as label_en,
        'Lignes lues et chargées' as label_fr,
        coalesce(sum(rows_landed), 0) as numerator,
        coalesce(sum(rows_read), 0) as denominator
    from files

),

final as (

    select
        -- keys
        coverage_id,

        -- attributes
        label_en,
        label_fr,

        -- components
        numerator::decimal(18, 2) as numerator,
        denominator::decimal(18, 2) as denominator,

        -- values
        {{ kpi_value('numerator', 'denominator') }} as share

    from counted

)

select * from final

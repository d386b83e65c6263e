{#-
    Cases as contacts. Who asked and which queue has the case stand apart; reopenings and
    moves between queues are counted from the history, which needs no message to be known.
-#}

{%- set zone = var('salesforce_timezone') %}

with

cases as (

    select * from {{ ref('stg_salesforce__cases') }}

),

changes as (

    select * from {{ ref('stg_salesforce__case_changes') }}

),

people as (

    {{ newest(
        'salesforce', 'contacts', at=to_utc('updated_at', zone)
    ) }}

),

groups as (

    {{ newest(
        'salesforce', 'groups', at=to_utc('updated_at', zone)
    ) }}

),

counted as (

    select
        case_source_id,
        count(*) filter (
            where field = 'status' and from_value = 'closed' and to_value != 'closed'
        ) as reopens,
        count(*) filter (
            where field = 'team' and from_value is not null and from_value != to_value
        ) as transfers,
        -- a user has it: the queue it was last in, or else came from
        coalesce(
            max_by(to_value, occurred_at) filter (where field = 'team'),
            min_by(old_team, occurred_at) filter (where old_team is not null)
        ) as last_team

    from changes
    group by all

),

told as (

    select distinct contact_source_id
    from {{ ref('stg_salesforce__contact_events') }}

),

final as (

    select
        -- keys
        cases.case_source_id as contact_source_id,
        cases.customer_source_id,
        -- an owner is a user or a queue
        case
            when cases.owner_source_id is null then {{ agent_key('cases.owner') }}
            when cases.owner_source_id not like '00G%' then cases.owner_source_id
        end as agent_source_id,
        cases.order_source_id,
        cases.call_source_id,
        coalesce(cases.email_key, {{ email_key('people.email') }}) as email_key,
        coalesce(
            cases.phone_key, {{ phone_key('coalesce(people.phone, people.mobile)') }}
        ) as phone_key,

        -- attributes
        cases.channel,
        'inbound' as direction,
        cases.status,
        coalesce(groups.name, counted.last_team) as team,
        null::string as site,
        null::string as tier,
        cases.contact_reason,
        cases.product_category,
        case cases.priority
            when 'medium' then 'normal'
            when 'critical' then 'urgent'
            else cases.priority
        end as priority,
        null::string as currency,
        cases.exclusion_reason,

        -- flags
        cases.is_escalated,
        false as is_bot_handled,

        -- measures
        coalesce(counted.reopens, 0)::bigint as reopens,
        -- where the history states its events, they tell up from across
        case
            when told.contact_source_id is null then coalesce(counted.transfers, 0)
            else 0
        end::bigint as transfers,
        null::bigint as talk_seconds,
        null::bigint as hold_seconds,
        cases.handle_seconds as wrap_seconds,
        cases.compensation_amount,

        -- timestamps
        cases.opened_at,
        null::timestamp as first_response_at,
        case
            when cases.status in ('solved', 'closed')
                then coalesce(cases.closed_at, cases.updated_at)
        end as resolved_at,
        case
            when cases.status in ('closed', 'abandoned')
                then coalesce(cases.closed_at, cases.updated_at)
        end as closed_at

    from cases
    left join people on cases.customer_source_id = people.id
    left join groups on cases.owner_source_id = groups.id
    left join told on cases.case_source_id = told.contact_source_id
    left join counted on cases.case_source_id = counted.case_source_id

)

select * from final

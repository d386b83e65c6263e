{#-
    Tracked changes of a case's status and owner. Salesforce writes a change of owner
    twice, by name and by id: the id counts.
-#}

{%- set zone = var('salesforce_timezone') %}

with

history as (

    select * from {{ source('salesforce', 'case_history') }}

),

groups as (

    {{ newest(
        'salesforce', 'groups', at=to_utc('updated_at', zone)
    ) }}

),

cases as (

    select * from {{ ref('stg_salesforce__cases') }}

),

statuses as (

    select * from {{ ref('status_aliases') }}
    where source_system = 'salesforce'

),

-- exports overlap
described as (

    select distinct
        coalesce(history.case_id, cases.case_source_id) as case_source_id,
        coalesce(history.created_by_id, history.created_by) as author_source_id,
        case
            when lower(history.field) = 'status' then 'status'
            when groups.id is not null then 'team'
            else 'agent'
        end as field,
        coalesce(old_statuses.status, lower(history.old_value)) as old_status,
        old_groups.name as old_team,
        coalesce(groups.name, statuses.status, history.new_value) as to_value,
        {{ to_utc('history.created_at', zone) }} as occurred_at,
        history.id as change_id

    from history
    left join cases
        on history.case_number = cases.case_number and history.case_id is null
    left join groups on history.new_value = groups.id
    left join groups as old_groups on history.old_value = old_groups.id
    left join statuses
        on
            lower(history.new_value) = statuses.source_status
            and lower(history.field) = 'status'
    left join statuses as old_statuses
        on lower(history.old_value) = old_statuses.source_status
    where
        lower(history.field) = 'status'
        or (
            lower(history.field) in ('owner', 'case owner')
            and (history.new_value like '005%' or history.new_value like '00G%')
        )

),

final as (

    select distinct
        -- keys
        case_source_id,
        author_source_id,

        -- attributes
        field,
        case
            when field = 'status' then old_status
            -- between two queues an agent may have had it
            when field = 'team'
                then {{ last_known('old_team') }} over (
                    partition by case_source_id
                    order by occurred_at, change_id
                    rows between unbounded preceding and current row
                )
        end as from_value,
        to_value,
        old_team,

        -- timestamps
        occurred_at

    from described
    where case_source_id is not null

)

select * from final

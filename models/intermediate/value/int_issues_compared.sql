{#-
    What issues of one kind cost and bring more than others like them: same reason,
    channel and value band. Weighted by the kind compared.
-#}

{%- set comparisons = [
    ('first_resolution', 'issue_cost', 'not is_resolved_first_time',
        'is_fcr_eligible and is_costed', 'issue_cost_amount'),
    ('first_resolution', 'contacts', 'not is_resolved_first_time',
        'is_fcr_eligible', 'contacts'),
    ('first_resolution', 'margin', 'not is_resolved_first_time',
        'is_fcr_eligible and is_repurchase_eligible',
        'coalesce(credited_margin_amount, 0)'),
    ('automation', 'margin', 'is_bot_settled',
        'is_repurchase_eligible', 'coalesce(credited_margin_amount, 0)'),
] -%}

with

first_contacts as (

    select
        issue_id,
        is_bot_settled

    from {{ ref('fct_contacts') }}
    where is_first_of_issue

),

issues as (

    select
        issues.*,
        coalesce(first_contacts.is_bot_settled, false) as is_bot_settled

    from {{ ref('fct_issues') }} as issues
    left join first_contacts on issues.issue_id = first_contacts.issue_id

),

lines as (

    {% for lever, outcome, compared, eligible, measure in comparisons -%}
    select
        '{{ lever }}' as lever,
        '{{ outcome }}' as outcome,
        {{ compared }} as is_compared,
        contact_reason,
        channel,
        value_band,
        ({{ measure }})::double as measured
    from issues
    where {{ eligible }}
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
),

strata as (

    select
        lever,
        outcome,
        count(*) filter (where is_compared) as compared,
        count(*) filter (where not is_compared) as alike,
        avg(measured) filter (where is_compared)
        - avg(measured) filter (where not is_compared) as difference,
        var_samp(measured) filter (where is_compared)
        / count(*) filter (where is_compared)
        + var_samp(measured) filter (where not is_compared)
        / count(*) filter (where not is_compared) as squared_error

    from lines
    group by lever, outcome, contact_reason, channel, value_band
    having
        count(*) filter (where is_compared) >= 2
        and count(*) filter (where not is_compared) >= 2

),

final as (

    select
        -- keys
        lever,
        outcome,

        -- measures
        sum(compared)::bigint as issues_compared,
        sum(alike)::bigint as issues_like_them,
        sum(compared * difference) / sum(compared) as difference,
        sqrt(sum(compared * compared * squared_error)) / sum(compared)
            as standard_error

    from strata
    group by all

)

select * from final

{#-
    The two arms of an experiment, and of all that are about the service as a whole. Those
    are pooled experiment by experiment, each by whom it treated: arms pooled at once
    would compare experiments wherever they divided customers differently.
-#}
{%- set measures = ['share', 'margin', 'prior_margin'] %}

with

outcomes as (

    select * from {{ ref('int_experiment_outcomes') }}

),

experiments as (

    select * from {{ ref('experiments') }}

),

arms as (

    select
        experiment_id,
        arm,
        count(*) as customers,
        count(*) filter (where is_known) as customers_known,
    {% for measure, value in {
        'share': 'is_ordered::integer',
        'margin': 'margin_amount',
        'prior_margin': 'prior_margin_amount',
    }.items() -%}
    sum({{ value }})::double / count({{ value }}) as {{ measure }},
    var_samp({{ value }}) / count(*) as {{ measure }}_variance
    {{- ',' if not loop.last }}
    {% endfor %}

    from outcomes
    group by all

),

cut_lines as (

    select
        'experiment' as cut,
        experiment_id as cut_value,
        experiment_id
    from arms
    group by all
    union all
    select
        'overall' as cut,
        'all' as cut_value,
        arms.experiment_id
    from arms
    inner join experiments on arms.experiment_id = experiments.experiment_id
    where experiments.is_of_service
    group by all
    having count(*) = 2 and min(arms.customers) >= {{ var('min_sample') }}

),

-- one arm alone is no experiment
paired as (

    select
        cut_lines.cut,
        cut_lines.cut_value,
        treated.customers as customers_treated,
        control.customers as customers_control,
        treated.customers_known + control.customers_known as customers_known,
        treated.customers::double / sum(treated.customers) over (
            partition by cut_lines.cut, cut_lines.cut_value
        ) as weight,
    {% for measure in measures -%}
    treated.{{ measure }} as {{ measure }}_treated,
    control.{{ measure }} as {{ measure }}_control,
    treated.{{ measure }}_variance as {{ measure }}_variance_treated,
    control.{{ measure }}_variance as {{ measure }}_variance_control
    {{- ',' if not loop.last }}
    {% endfor %}

    from cut_lines
    inner join arms as treated
        on
            cut_lines.experiment_id = treated.experiment_id
            and treated.arm = 'treatment'
    inner join arms as control
        on
            cut_lines.experiment_id = control.experiment_id
            and control.arm = 'control'

),

summed as (

    select
        cut,
        cut_value,
        sum(customers_treated) as customers_treated,
        sum(customers_control) as customers_control,
        sum(customers_known) as customers_known,
    {% for measure in measures -%}
    sum(weight * {{ measure }}_treated) as {{ measure }}_treated,
    sum(weight * {{ measure }}_control) as {{ measure }}_control,
    sum(power(weight, 2) * {{ measure }}_variance_treated)
        as {{ measure }}_variance_treated,
    sum(power(weight, 2) * {{ measure }}_variance_control)
        as {{ measure }}_variance_control,
    sum(
        power(power(weight, 2) * {{ measure }}_variance_treated, 2)
        / nullif(customers_treated - 1, 0)
        + power(power(weight, 2) * {{ measure }}_variance_control, 2)
        / nullif(customers_control - 1, 0)
    ) as {{ measure }}_spread
    {{- ',' if not loop.last }}
    {% endfor %}

    from paired
    group by all

),

final as (

    select
        -- grain
        cut,
        cut_value,

        -- measures
        customers_treated::bigint as customers_treated,
        customers_control::bigint as customers_control,
        customers_known::bigint as customers_known,
    -- degrees of freedom: Welch and Satterthwaite's, since arms need not vary alike
    {% for measure in measures -%}
    round({{ measure }}_treated, 9) as {{ measure }}_treated,
    round({{ measure }}_control, 9) as {{ measure }}_control,
    round({{ measure }}_variance_treated, 9) as {{ measure }}_variance_treated,
    round({{ measure }}_variance_control, 9) as {{ measure }}_variance_control,
    round(
        power({{ measure }}_variance_treated + {{ measure }}_variance_control, 2)
        / nullif({{ measure }}_spread, 0),
        6
    ) as {{ measure }}_degrees_of_freedom
    {{- ',' if not loop.last }}
    {% endfor %}

    from summed

)

select * from final

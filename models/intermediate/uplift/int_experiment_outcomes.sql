{#-
    What became of whom an experiment assigned, in the arm they were assigned to, whatever
    happened then (intention to treat): orders of the repurchase_days after, and before as
    placebo. The first assignment counts. Whoever no export knows bought nothing: to drop
    them would keep those who buy.
-#}
{%- set days = var('repurchase_days') %}

with

assignments as (

    select * from {{ ref('stg_generic__experiment_assignments') }}

),

identities as (

    select * from {{ ref('int_customer_identities_resolved') }}

),

orders as (

    select * from {{ ref('int_orders_credited') }}
    where is_valid_order

),

horizon as (

    select * from {{ ref('int_data_horizon') }}

),

-- an experiment names a customer by e-mail or by an account in whatever system
named_customers as (

    select
        email_key as customer_reference,
        customer_id
    from identities
    union
    select
        customer_source_id as customer_reference,
        customer_id
    from identities

),

-- what two systems call two customers is nobody's name
known_customers as (

    select
        customer_reference,
        min(customer_id) as customer_id

    from named_customers
    where customer_reference is not null
    group by all
    having count(*) = 1

),

resolved as (

    select
        assignments.experiment_id,
        assignments.arm,
        assignments.assigned_at,
        known_customers.customer_id is not null as is_known,
        coalesce(
            known_customers.customer_id,
            assignments.email_key,
            assignments.customer_source_id
        ) as customer_id

    from assignments
    left join known_customers
        on
            coalesce(assignments.email_key, assignments.customer_source_id)
            = known_customers.customer_reference

),

first_assignments as (

    select resolved.*

    from resolved
    cross join horizon
    where {{ has_elapsed('resolved.assigned_at', days, 'horizon.as_of') }}
    qualify
        row_number() over (
            partition by resolved.experiment_id, resolved.customer_id
            order by resolved.assigned_at, resolved.arm
        ) = 1

),

bought as (

    select
        first_assignments.experiment_id,
        first_assignments.customer_id,
        bool_or(orders.ordered_at > first_assignments.assigned_at) as is_ordered,
        -- what an agent sold is a gain of its own
        sum(orders.margin_amount) filter (
            where orders.ordered_at > first_assignments.assigned_at
            and not orders.is_upsell
        ) as margin_amount,
        sum(orders.margin_amount) filter (
            where orders.ordered_at <= first_assignments.assigned_at
            and not orders.is_upsell
        ) as prior_margin_amount

    from first_assignments
    inner join orders
        on
            first_assignments.customer_id = orders.customer_id
            and {{ is_within_days(
                'first_assignments.assigned_at', 'orders.ordered_at', days
            ) }}
            and {{ is_within_days(
                'orders.ordered_at', 'first_assignments.assigned_at', days
            ) }}
    group by all

),

final as (

    select
        -- keys
        first_assignments.experiment_id,
        first_assignments.customer_id,

        -- attributes
        first_assignments.arm,

        -- flags
        first_assignments.is_known,
        coalesce(bought.is_ordered, false) as is_ordered,

        -- measures
        coalesce(bought.margin_amount, 0)::decimal(18, 2) as margin_amount,
        coalesce(bought.prior_margin_amount, 0)::decimal(18, 2) as prior_margin_amount,

        -- timestamps
        first_assignments.assigned_at

    from first_assignments
    left join bought
        on
            first_assignments.experiment_id = bought.experiment_id
            and first_assignments.customer_id = bought.customer_id

)

select * from final

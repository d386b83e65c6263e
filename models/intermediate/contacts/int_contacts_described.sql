{#- What a contact can be cut by, as things stood when it was opened. -#}

with

contacts as (

    select * from {{ ref('int_contacts_conformed') }}

),

teams as (

    select * from {{ ref('teams') }}

),

reasons as (

    select * from {{ ref('contact_reasons') }}

),

orders as (

    select * from {{ ref('int_orders_credited') }}

),

customer_values as (

    select * from {{ ref('int_customers_valued') }}

),

bands as (

    select * from {{ ref('int_customers_banded') }}

),

order_products as (

    select
        source_id,
        max_by(product_category, (ordered_at, order_id)) as product_category

    from orders
    group by all

),

order_histories as (

    select
        contacts.contact_id,
        count(*) as orders_before,
        count(*) filter (
            where not {{ has_elapsed(
                'orders.ordered_at', 365, 'contacts.opened_at'
            ) }}
        ) as orders_last_year,
        min(orders.ordered_at) as first_order_at

    from contacts
    inner join orders
        on
            contacts.customer_id = orders.customer_id
            and contacts.opened_at > orders.ordered_at
    where orders.is_valid_order
    group by all

),

final as (

    select
        -- keys
        contacts.contact_id,

        -- attributes
        coalesce(teams.tier::string, contacts.stated_tier) as tier,
        coalesce(teams.site, contacts.stated_site) as site,
        teams.partner,
        reasons.journey_stage,
        coalesce(
            contacts.stated_product_category, order_products.product_category
        ) as product_category,
        customer_values.region,
        case
            when contacts.customer_id is null then null
            else {{ customer_segment('order_histories.orders_before') }}
        end as segment,
        bands.value_band,
        case
            when contacts.customer_id is null then null
            else {{ tenure_band(
                'order_histories.first_order_at', 'contacts.opened_at'
            ) }}
        end as tenure_band,
        case
            when contacts.customer_id is null then null
            else {{ frequency_band('order_histories.orders_last_year') }}
        end as frequency_band,
        lpad(
            extract(hour from {{ local_time('contacts.opened_at') }})::string, 2, '0'
        ) as opened_hour,
        {{ iso_weekday(local_time('contacts.opened_at')) }}::string
            as opened_weekday

    from contacts
    left join teams
        on
            contacts.team = teams.team
            and {{ is_valid_on('teams', 'contacts.opened_at') }}
    left join reasons on contacts.contact_reason = reasons.contact_reason
    left join order_products on contacts.order_source_id = order_products.source_id
    left join customer_values on contacts.customer_id = customer_values.customer_id
    left join bands
        on
            contacts.customer_id = bands.customer_id
            and date_trunc('quarter', {{ local_date('contacts.opened_at') }})::date
            = bands.quarter_start_date
    left join order_histories on contacts.contact_id = order_histories.contact_id

)

select * from final

{%- set cuts = contact_cuts() | reject('in', ['local_hour', 'weekday']) | list %}

with

reviews as (

    select *
    from {{ ref('fct_quality_reviews') }}
    where is_counted

),

final as (

    select
        -- grain
        reviewed_date as date_day,
        {{ cut_columns(cuts) }}
        -- components
        count(*) as quality_reviews,
        sum(points)::decimal(38, 4) as quality_points,
        sum(possible_points)::decimal(38, 4) as quality_points_possible

    from reviews
    group by all

)

select * from final

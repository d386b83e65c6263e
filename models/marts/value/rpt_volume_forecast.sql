with

forecasts as (

    select * from {{ ref('int_volumes_forecast') }}

),

final as (

    select
        -- grain
        channel,
        date_day,

        -- attributes
        method,

        -- measures
        expected_contacts,
        contacts_low,
        contacts_high

    from forecasts
    where is_chosen and contacts is null

)

select * from final

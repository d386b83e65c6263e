{#- A customer exported again counts as updated last. -#}

with

customers as (

    {{ newest('prestashop', 'customers', at=to_utc('date_upd')) }}

),

final as (

    select
        -- keys
        id as customer_source_id,
        {{ email_key('email') }} as email_key

    from customers

)

select * from final

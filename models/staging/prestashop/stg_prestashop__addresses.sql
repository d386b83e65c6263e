{#- An address exported again counts as updated last. -#}

with

addresses as (

    {{ newest('prestashop', 'addresses', at=to_utc('date_upd')) }}

),

final as (

    select
        -- keys
        id as address_source_id,
        {{ phone_key('coalesce(phone_mobile, phone)') }} as phone_key

    from addresses

)

select * from final

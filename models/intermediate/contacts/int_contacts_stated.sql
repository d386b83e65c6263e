{#- A table: of ten million contacts what joins them needs the memory of a view. -#}

{{ stated('contacts', [
    'contact_source_id', 'customer_source_id', 'agent_source_id', 'order_source_id',
    'call_source_id', 'email_key', 'phone_key', 'channel', 'direction', 'status',
    'team', 'site', 'tier', 'contact_reason', 'product_category', 'priority',
    'currency', 'exclusion_reason', 'is_escalated', 'is_bot_handled', 'reopens',
    'transfers', 'talk_seconds', 'hold_seconds', 'wrap_seconds', 'compensation_amount',
    'opened_at', 'first_response_at', 'resolved_at', 'closed_at',
]) }}

{{ config(materialized='view') }}

{{ stated('calls', [
    'call_source_id', 'contact_source_id', 'customer_source_id', 'agent_source_id',
    'phone_key', 'queue', 'direction', 'outcome', 'team', 'site', 'contact_reason',
    'is_resolved', 'wait_seconds', 'talk_seconds', 'hold_seconds', 'wrap_seconds',
    'started_at', 'answered_at', 'ended_at',
]) }}

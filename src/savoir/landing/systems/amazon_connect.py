"""Amazon Connect contact records, as its stream delivers them: NDJSON or end to end."""

from typing import Any

from savoir.landing import answers
from savoir.landing.files import Source
from savoir.landing.rows import Found
from savoir.landing.schema import System, entity

CONTACT_RECORDS = """
contact_id*                  id
initial_contact_id           id
previous_contact_id          id
channel*                     in  VOICE CHAT TASK EMAIL
initiation_method*
initiation_timestamp*        timestamp
disconnect_timestamp         timestamp
last_update_timestamp*       timestamp
disconnect_reason
customer_address
customer_address_type
queue_name
queue_enqueue_timestamp      timestamp
queue_dequeue_timestamp      timestamp
agent_username
agent_connected_timestamp    timestamp
agent_interaction_duration   integer
customer_hold_duration       integer
after_contact_work_duration  integer
attributes                   json
"""

PATHS = {
    "contact_id": "ContactId",
    "initial_contact_id": "InitialContactId",
    "previous_contact_id": "PreviousContactId",
    "channel": "Channel",
    "initiation_method": "InitiationMethod",
    "initiation_timestamp": "InitiationTimestamp",
    "disconnect_timestamp": "DisconnectTimestamp",
    "last_update_timestamp": "LastUpdateTimestamp",
    "disconnect_reason": "DisconnectReason",
    "customer_address": "CustomerEndpoint.Address",
    "customer_address_type": "CustomerEndpoint.Type",
    "queue_name": "Queue.Name",
    "queue_enqueue_timestamp": "Queue.EnqueueTimestamp",
    "queue_dequeue_timestamp": "Queue.DequeueTimestamp",
    "agent_username": "Agent.Username",
    "agent_connected_timestamp": "Agent.ConnectedToAgentTimestamp",
    "agent_interaction_duration": "Agent.AgentInteractionDuration",
    "customer_hold_duration": "Agent.CustomerHoldDuration",
    "after_contact_work_duration": "Agent.AfterContactWorkDuration",
    "attributes": "Attributes",
}

KEYS = {"contact_records": "contact_records", "ctrs": "contact_records"}
MARKS = {"contact_records": {"ContactId", "InitiationTimestamp"}}


def opened(name: str, record: dict[str, Any]) -> answers.Opened:
    """Give a contact record by the names of its columns."""
    yield name, answers.dug(record, PATHS)


def read(system: System, source: Source) -> list[Found]:
    """Read one delivery of contact records."""
    return answers.read(system, source, KEYS, opened, marks=MARKS)


SYSTEM = System(
    "amazon_connect",
    (
        entity(
            "contact_records",
            CONTACT_RECORDS,
            key="contact_id",
            newest="last_update_timestamp",
        ),
    ),
    "contact records as JSON: NDJSON, or end to end as the stream delivers them",
    read,
)

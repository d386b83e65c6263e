"""Amazon Connect: contact records as the stream delivers them, at least once."""

from pathlib import Path

from savoir.demo.files import Written, to_json, utc, write
from savoir.demo.vendors.telephony import common
from savoir.demo.world import Call, World

ACCOUNT = "123456789012"
INSTANCE = common.uuid("amazon_connect", "instance")
ARN = f"arn:aws:connect:eu-west-3:{ACCOUNT}:instance/{INSTANCE}"
REASONS = {
    "abandoned": "CUSTOMER_DISCONNECT",
    "timeout": "CONTACT_FLOW_DISCONNECT",
    "unfinished": "TELECOM_PROBLEM",
}
AGAIN = 20  # one record in so many is delivered twice, first without after-call work


def call_id(number: int) -> str:
    """Id of a contact."""
    return common.rising(number, common.uuid("amazon_connect contact", number))


def write_amazon_connect(world: World, folder: Path) -> list[Written]:
    """Write the objects of the delivery stream: records end to end, no line ends."""
    records = []
    for number, call in enumerate(common.ended(world)):
        record = _record(call)
        if number % AGAIN == 0:
            records.append(record | {"LastUpdateTimestamp": utc(call.ended_at)})
        records.append(record)
    path = folder / "connect-ctr-1-2026-06-30-22-00-00"
    write(path, "".join(map(to_json, records)))
    return [Written(path, len(records))]


def _record(call: Call) -> dict:
    number = common.caller(call)
    queued_until = common.picked_up_at(call)
    return {
        "AWSAccountId": ACCOUNT,
        "AWSContactTraceRecordFormatVersion": "2017-03-10",
        "Agent": _agent(call) if call.outcome == "answered" else None,
        "AgentConnectionAttempts": (call.outcome == "answered")
        + (call.unanswered_ring is not None),
        "AnsweringMachineDetectionStatus": None,
        "Attributes": {},
        "Campaign": {"CampaignId": None},
        "Channel": "VOICE",
        "ConnectedToSystemTimestamp": utc(call.entered_at),
        "ContactDetails": {},
        "ContactId": call.id,
        "CustomerEndpoint": {
            "Address": number or "anonymous",
            "Type": "TELEPHONE_NUMBER",
        },
        "DisconnectReason": _reason(call),
        "DisconnectTimestamp": utc(call.ended_at),
        "InitialContactId": None,
        "InitiationMethod": "INBOUND",
        "InitiationTimestamp": utc(call.entered_at),
        "InstanceARN": ARN,
        "LastUpdateTimestamp": utc(call.ended_at + 67),
        "MediaStreams": [{"Type": "AUDIO"}],
        "NextContactId": None,
        "PreviousContactId": None,
        "Queue": {
            "ARN": f"{ARN}/queue/{common.uuid('amazon_connect queue', common.QUEUE)}",
            "DequeueTimestamp": utc(queued_until),
            "Duration": call.wait,
            "EnqueueTimestamp": utc(call.entered_at),
            "Name": common.QUEUE,
        },
        "Recording": None,
        "Recordings": None,
        "References": [],
        "ScheduledTimestamp": None,
        "SystemEndpoint": {"Address": common.LINE, "Type": "TELEPHONE_NUMBER"},
        "TransferCompletedTimestamp": None,
        "TransferredToEndpoint": None,
        "VoiceIdResult": None,
    }


def _reason(call: Call) -> str:
    if call.outcome == "answered":
        is_agent = call.hung_up_by == "AGENT"
        return "AGENT_DISCONNECT" if is_agent else "CUSTOMER_DISCONNECT"
    return REASONS[call.outcome]


def _agent(call: Call) -> dict:
    ended = utc(call.ended_at)
    name = common.user_name(call.agent)
    return {
        "ARN": f"{ARN}/agent/{common.uuid('amazon_connect agent', name)}",
        "AfterContactWorkDuration": 0,
        "AfterContactWorkEndTimestamp": ended,
        "AfterContactWorkStartTimestamp": ended,
        "AgentInteractionDuration": call.talk,
        "ConnectedToAgentTimestamp": utc(common.picked_up_at(call)),
        "CustomerHoldDuration": 0,
        "HierarchyGroups": None,
        "LongestHoldDuration": 0,
        "NumberOfHolds": 0,
        "RoutingProfile": {"ARN": f"{ARN}/routing-profile/1", "Name": "SAV"},
        "Username": name,
    }

"""HubSpot tickets: answers of the CRM API, versions 3 and 1, and the CSV export."""

from typing import Any

from savoir.landing import answers, tables
from savoir.landing.files import Source
from savoir.landing.rows import Found
from savoir.landing.schema import System, entity, moments

TICKETS = """
id*               id
created_at*       timestamp
updated_at        timestamp
closed_at         timestamp
first_replied_at  timestamp
pipeline
stage*
priority
source
category
owner
team
contact_ids
contact_email
archived          boolean
properties
"""

# What a stage means is said by its pipeline.
PIPELINE_STAGES = """
id*          id
label
pipeline_id  id
ticket_state
updated_at   timestamp
"""

CONTACTS = """
id*         id
email
phone
mobile
updated_at  timestamp
"""

OWNERS = """
id*         id
email
team
updated_at  timestamp
"""

# By label, as exported from the screen, and by internal name.
HEADINGS = {
    "ticket_id": "id",
    "record_id": "id",
    "hs_object_id": "id",
    "create_date": "created_at",
    "createdate": "created_at",
    "last_modified_date": "updated_at",
    "hs_lastmodifieddate": "updated_at",
    "close_date": "closed_at",
    "closed_date": "closed_at",
    "first_agent_reply_date": "first_replied_at",
    "first_agent_email_response_date": "first_replied_at",
    "hs_pipeline": "pipeline",
    "ticket_status": "stage",
    "status": "stage",
    "hs_pipeline_stage": "stage",
    "hs_ticket_priority": "priority",
    "source_type": "source",
    "hs_ticket_category": "category",
    "ticket_owner": "owner",
    "hubspot_owner_id": "owner",
    "hubspot_team": "team",
    "hubspot_team_id": "team",
    "associated_contact_ids": "contact_ids",
    "associated_contact": "contact_email",
}

CLEAN = moments(TICKETS) | {
    # `Closed (Support Pipeline)`
    "stage": r"regexp_replace({value}, ' \([^)]*\)$', '')",
    # `Ann Lee (ann@example.com)`, the first of several
    "contact_email": r"nullif(regexp_extract({value}, '[^\s(;<]+@[^\s);>]+'), '')",
    "contact_ids": "trim(split_part({value}, ';', 1))",
    "category": "trim(split_part({value}, ';', 1))",
}

KEYS = {
    "tickets": "tickets",
    "ticket": "tickets",
    "ticket_pipelines": "pipeline_stages",
    "pipelines": "pipeline_stages",
    "contacts": "contacts",
    "contact": "contacts",
    "owners": "owners",
    "owner": "owners",
    "objects": "tickets",  # version 1's list
}


def read(system: System, source: Source) -> list[Found]:
    """Read one export: a CSV of tickets or contacts, or one file of answers."""
    if tables.is_table(source):
        known = {"tickets": "tickets", "contacts": "contacts"}
        return tables.read(system, source, known, otherwise="tickets")
    return answers.read(system, source, KEYS, opened)


def opened(name: str, record: dict[str, Any]) -> answers.Opened:
    """Give a record's rows: properties as columns, a pipeline's stages one by one."""
    if name == "pipeline_stages":
        for stage in record["stages"]:
            state = (stage.get("metadata") or {}).get("ticketState")
            updated_at = stage.get("updatedAt")
            own = {"pipeline_id": record.get("id"), "ticket_state": state}
            yield name, stage | own | {"updated_at": updated_at}
        return
    if name == "owners":
        teams = record.get("teams") or ()
        team = next((t for t in teams if t.get("primary")), next(iter(teams), {}))
        own = {"team": team.get("name"), "updated_at": record.get("updatedAt")}
        yield name, record | own
        return
    properties = {
        key: value.get("value") if isinstance(value, dict) else value
        for key, value in (record.get("properties") or {}).items()
    }
    held = (record.get("associations") or {}).get("contacts") or {}
    contacts = held.get("results") or () if isinstance(held, dict) else held
    ids = [c.get("id") if isinstance(c, dict) else c for c in contacts]
    yield (
        name,
        {HEADINGS.get(key, key): value for key, value in properties.items()}
        | {
            "id": record.get("id") or record.get("objectId"),
            "mobile": properties.get("mobilephone"),
            "contact_ids": str(ids[0]) if ids else None,
            "archived": record.get("archived", record.get("isDeleted")),
            "updated_at": properties.get("hs_lastmodifieddate")
            or properties.get("lastmodifieddate")
            or record.get("updatedAt"),
            "properties": properties,
        },
    )


SYSTEM = System(
    "hubspot",
    (
        entity("tickets", TICKETS, clean=CLEAN, headings=HEADINGS, first_counts=True),
        entity("pipeline_stages", PIPELINE_STAGES, clean=moments(PIPELINE_STAGES)),
        entity(
            "contacts",
            CONTACTS,
            clean=moments(CONTACTS),
            headings={
                "record_id": "id",
                "contact_id": "id",
                "phone_number": "phone",
                "mobile_phone_number": "mobile",
                "last_modified_date": "updated_at",
            },
        ),
        entity("owners", OWNERS, clean=moments(OWNERS)),
    ),
    "JSON or NDJSON with tickets, pipelines, contacts or owners in a file named after "
    "them, or the CSV export of tickets or contacts",
    read,
)

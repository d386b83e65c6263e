"""Salesforce cases: CSV of Data Loader, Bulk API or a report, and API answers."""

from typing import Any

from savoir.landing import answers, tables
from savoir.landing.files import Source
from savoir.landing.rows import Found
from savoir.landing.schema import System, entity, heading_key, moments

# A report knows a case by its number; an id is in it only if somebody put it there.
CASES = """
id                id
case_number
created_at*       local
updated_at        local
closed_at         local
status*
is_closed         boolean
is_escalated      boolean
is_deleted        boolean
master_record_id  id
origin
type
reason
priority
product
contact_id        id
contact_email
contact_phone
owner_id          id
owner
parent_id         id
order_id          id
call_id           id
handle_seconds    integer
compensation      decimal
"""

CASE_HISTORY = """
id             id
case_id        id
case_number
created_at*    local
created_by_id  id
created_by
field*
old_value
new_value
"""

EMAIL_MESSAGES = """
id*            id
case_id*       id
incoming*      boolean
status
created_by_id  id
sent_at*       local
updated_at     local
"""

CASE_COMMENTS = """
id*            id
case_id*       id
is_published*  boolean
created_by_id  id
created_at*    local
updated_at     local
"""

CONTACTS = """
id*         id
email
phone
mobile
updated_at  local
"""

USERS = """
id*         id
email
user_type
updated_at  local
"""

GROUPS = """
id*         id
name*
updated_at  local
"""

# 15 characters name a record; the 3 that may follow only check them.
ID = """
case
    when regexp_full_match({value}, '[A-Za-z0-9]{{15}}[A-Z0-5]{{3}}')
        then left({value}, 15)
    else {value}
end
"""
IDS = dict.fromkeys(
    (
        "id",
        "case_id",
        "contact_id",
        "owner_id",
        "parent_id",
        "master_record_id",
        "created_by_id",
        "old_value",
        "new_value",
    ),
    ID,
)

# By field name, as programs write them, and by label, as a report does.
HEADINGS = {
    "case_id": "id",
    "casenumber": "case_number",
    "createddate": "created_at",
    "created_date": "created_at",
    "date_time_opened": "created_at",
    "opened_date": "created_at",
    "lastmodifieddate": "updated_at",
    "last_modified_date": "updated_at",
    "case_last_modified_date": "updated_at",
    "closeddate": "closed_at",
    "closed_date": "closed_at",
    "date_time_closed": "closed_at",
    "isclosed": "is_closed",
    "closed": "is_closed",
    "isescalated": "is_escalated",
    "escalated": "is_escalated",
    "isdeleted": "is_deleted",
    "masterrecordid": "master_record_id",
    "case_origin": "origin",
    "case_reason": "reason",
    "contactid": "contact_id",
    "contactemail": "contact_email",
    "suppliedemail": "contact_email",
    "web_email": "contact_email",
    "contactphone": "contact_phone",
    "suppliedphone": "contact_phone",
    "ownerid": "owner_id",
    "case_owner": "owner",
    "case_owner_id": "owner_id",
    "parentid": "parent_id",
    "parent_case_id": "parent_id",
    "product_c": "product",
    # the account's own, if it calls them so
    "order_id_c": "order_id",
    "call_id_c": "call_id",
    "handle_seconds_c": "handle_seconds",
    "compensation_c": "compensation",
}
OF_A_CASE = {
    "caseid": "case_id",
    "parentid": "case_id",
    "casenumber": "case_number",
    "createddate": "created_at",
    "edit_date": "created_at",
    "createdbyid": "created_by_id",
    "edited_by": "created_by",
    "field_event": "field",
    "oldvalue": "old_value",
    "newvalue": "new_value",
    "ispublished": "is_published",
    "messagedate": "sent_at",
    "lastmodifieddate": "updated_at",
}
OF_A_PERSON = {
    "contact_id": "id",
    "user_id": "id",
    "mobilephone": "mobile",
    "usertype": "user_type",
    "lastmodifieddate": "updated_at",
}

PLURAL = {
    "cases": "cases",
    "casehistories": "case_history",
    "case_history": "case_history",
    "emailmessages": "email_messages",
    "email_messages": "email_messages",
    "casecomments": "case_comments",
    "case_comments": "case_comments",
    "contacts": "contacts",
    "users": "users",
    "groups": "groups",
    "queues": "groups",
}
KEYS = PLURAL | {
    "casehistory": "case_history",
    **{key.removesuffix("s"): name for key, name in PLURAL.items()},
}

# A report ends in lines of one field: its name, a copyright, who made it, the company.
FOOTED = """
* replace (case
    when _reason like '1 fields, %' and _line >= min(
        case when regexp_matches(_raw, '^"?Copyright .*salesforce') then _line end
    ) over () - 1 then ''
    else _reason
end as _reason)
"""
# What has neither id nor number is no case, whatever else it says.
NAMED = """
* replace (case
    when _reason is null and nullif(trim(concat(id, case_number)), '') is null
        then 'id: missing (an id or a case number is required)'
    else _reason
end as _reason)
"""


def read(system: System, source: Source) -> list[Found]:
    """Read one export: a CSV, of cases unless its name says otherwise, or answers."""
    if tables.is_table(source):
        found = tables.read(system, source, KEYS, otherwise="cases")
    else:
        found = answers.read(system, source, KEYS, lambda n, r: opened(system, n, r))
    return [named(f.select(f.entity, FOOTED)) for f in found]


def named(found: Found) -> Found:
    """Return the same records, but for cases that nothing names."""
    return found.select(found.entity, NAMED) if found.entity.name == "cases" else found


def opened(system: System, name: str, record: dict[str, Any]) -> answers.Opened:
    """Give a record with its fields as columns."""
    column_of = system.entity(name).column_of
    yield name, {column_of(heading_key(field)): v for field, v in record.items()}


SYSTEM = System(
    "salesforce",
    (
        entity(
            "cases",
            CASES,
            clean=IDS | moments(CASES),
            headings=HEADINGS,
            first_counts=True,
        ),
        entity(
            "case_history",
            CASE_HISTORY,
            clean=IDS | moments(CASE_HISTORY),
            headings=OF_A_CASE,
        ),
        entity(
            "email_messages",
            EMAIL_MESSAGES,
            clean=IDS | moments(EMAIL_MESSAGES),
            headings=OF_A_CASE,
        ),
        entity(
            "case_comments",
            CASE_COMMENTS,
            clean=IDS | moments(CASE_COMMENTS),
            headings=OF_A_CASE,
        ),
        entity("contacts", CONTACTS, clean=IDS, headings=OF_A_PERSON),
        entity("users", USERS, clean=IDS, headings=OF_A_PERSON),
        entity("groups", GROUPS, clean=IDS, headings=OF_A_PERSON),
    ),
    "CSV or JSON of cases, and in files named after them of case_history, "
    "email_messages, case_comments, contacts, users or groups",
    read,
)

"""The same world as other helpdesks than Zendesk would export it."""

from collections.abc import Callable
from pathlib import Path

from savoir.demo.files import Written
from savoir.demo.helpdesks import (
    freshdesk,
    gorgias,
    hubspot,
    intercom,
    salesforce,
)
from savoir.demo.world import World
from savoir.demo.zendesk import write_zendesk

HELPDESKS: dict[str, Callable[[World, Path], list[Written]]] = {
    "zendesk": write_zendesk,
    "freshdesk": freshdesk.write_freshdesk,
    "salesforce": salesforce.write_salesforce,
    "intercom": intercom.write_intercom,
    "gorgias": gorgias.write_gorgias,
    "hubspot": hubspot.write_hubspot,
}


def name_tickets(world: World, helpdesk: str) -> None:
    """Give tickets the ids of a helpdesk that does not number them."""
    if helpdesk == "salesforce":
        for ticket in world.tickets:
            ticket.id = salesforce.ticket_id(ticket.id)

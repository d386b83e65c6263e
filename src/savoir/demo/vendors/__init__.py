"""The same world as other products would export it, kind by kind."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from savoir.demo import outreach
from savoir.demo.exports import write_asterisk, write_qualtrics, write_shopify
from savoir.demo.files import Written
from savoir.demo.vendors.helpdesks import (
    freshdesk,
    gorgias,
    hubspot,
    intercom,
    salesforce,
)
from savoir.demo.vendors.shops import magento, olist, prestashop, woocommerce
from savoir.demo.vendors.shops.common import name_orders
from savoir.demo.vendors.surveys import delighted, surveymonkey, typeform
from savoir.demo.vendors.telephony import (
    aircall,
    amazon_connect,
    five9,
    genesys,
    threecx,
    twilio,
    zendesk_talk,
)
from savoir.demo.vendors.telephony.common import name_calls
from savoir.demo.world import World
from savoir.demo.zendesk import write_zendesk

Writer = Callable[[World, Path], list[Written]]


@dataclass(frozen=True)
class Product:
    """How one product exports what it holds.

    `renames` gives it ids of its own in a world; `folder` is the landing folder where
    it has another name than the product.
    """

    writers: tuple[Writer, ...]
    renames: Callable[[World], None] | None = None
    folder: str | None = None


def _telephony(
    write: Writer, id_of: Callable[[int], str], folder: str | None = None
) -> Product:
    return Product((write,), lambda world: name_calls(world, id_of), folder)


def _shop(write: Writer, id_of: Callable[[int], str]) -> Product:
    return Product((write,), lambda world: name_orders(world, id_of))


# The first of each kind is the demo's own.
PRODUCTS: dict[str, dict[str, Product]] = {
    "helpdesk": {
        "zendesk": Product((write_zendesk,)),
        "freshdesk": Product((freshdesk.write_freshdesk,)),
        "salesforce": Product((salesforce.write_salesforce,), salesforce.name_tickets),
        "intercom": Product((intercom.write_intercom,)),
        "gorgias": Product((gorgias.write_gorgias,)),
        "hubspot": Product((hubspot.write_hubspot,)),
    },
    "telephony": {
        "asterisk": Product((write_asterisk,)),
        "amazon_connect": _telephony(
            amazon_connect.write_amazon_connect, amazon_connect.call_id
        ),
        "genesys": _telephony(genesys.write_genesys, genesys.call_id),
        "aircall": _telephony(aircall.write_aircall, aircall.call_id),
        "twilio": _telephony(twilio.write_twilio, twilio.call_id),
        "five9": _telephony(five9.write_five9, five9.call_id),
        "threecx": _telephony(threecx.write_threecx, threecx.call_id),
        "zendesk_talk": _telephony(
            zendesk_talk.write_zendesk_talk, zendesk_talk.call_id, "zendesk"
        ),
    },
    "shop": {
        "shopify": Product((write_shopify,)),
        "woocommerce": _shop(woocommerce.write_woocommerce, woocommerce.order_id),
        "prestashop": _shop(prestashop.write_prestashop, prestashop.order_id),
        "magento": _shop(magento.write_magento, magento.order_id),
        "olist": _shop(olist.write_olist, olist.order_id),
    },
    "survey": {
        "qualtrics": Product((write_qualtrics, outreach.write_servqual)),
        "surveymonkey": Product((surveymonkey.write_surveymonkey,)),
        "typeform": Product((typeform.write_typeform,)),
        "delighted": Product((delighted.write_delighted,)),
    },
}
OWN = {kind: next(iter(products)) for kind, products in PRODUCTS.items()}

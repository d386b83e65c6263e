"""The support cost ledger, as a French or English spreadsheet writes it."""

from savoir.landing import delimited
from savoir.landing.files import Source, Unreadable
from savoir.landing.rows import Found
from savoir.landing.schema import System, entity

ENTRIES = """
period_month*  month
site
team
partner
category*      enum  salaries tools telephony training outsourcing overhead
amount*        decimal
currency       currency
"""

# `12 345,67` with any kind of space, or `12,345.67`. A bare `12,345` stays as it is,
# and is rejected: twelve and a bit in French, twelve thousand in English.
AMOUNT = r"""
case
    when regexp_full_match({value}, '-?\d{{1,3}}(,\d{{3}})+') then {value}
    when regexp_full_match({value}, '-?\d{{1,3}}(,\d{{3}})+\.\d+')
        then replace({value}, ',', '')
    else replace(
        regexp_replace({value}, '(\d)[ \x{{A0}}\x{{202F}}]', '\1', 'g'), ',', '.')
end
"""

MONTH = r"regexp_replace({value}, '^(\d\d)/(\d{{4}})$', '\2-\1')"

CATEGORY = """
case strip_accents(lower({value}))
    when 'salaires' then 'salaries'
    when 'outils' then 'tools'
    when 'telephonie' then 'telephony'
    when 'formation' then 'training'
    when 'sous-traitance' then 'outsourcing'
    when 'frais generaux' then 'overhead'
    else {value}
end
"""

HEADINGS = {
    "mois": "period_month",
    "month": "period_month",
    "equipe": "team",
    "prestataire": "partner",
    "categorie": "category",
    "montant": "amount",
    "devise": "currency",
}


def read(system: System, source: Source) -> list[Found]:
    """Read one ledger."""
    if source.path.suffix.lower() != ".csv":
        raise Unreadable(f"the file name matches nothing; expected {system.expects}")
    return delimited.read(system.entity("entries"), source)


SYSTEM = System(
    "cost_ledger",
    (
        entity(
            "entries",
            ENTRIES,
            clean={"amount": AMOUNT, "period_month": MONTH, "category": CATEGORY},
            headings=HEADINGS,
        ),
    ),
    "*.csv",
    read,
)

"""Who is who (DECISIONS, "Who is who")."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field, replace

from tests.oracle.parameters import Parameters
from tests.oracle.world import World

SALT = "savoir"


@dataclass(frozen=True)
class Identity:
    """How a record names its customer."""

    account: str | None = None
    email: str | None = None
    phone: str | None = None

    def __bool__(self) -> bool:
        return any((self.account, self.email, self.phone))


@dataclass(frozen=True)
class Identities:
    """Everyone named anywhere, and who they are."""

    calling_code: str
    email_of_account: dict[str, str]
    phone_of_account: dict[str, str]
    emails_of_phone: dict[str, set[str]]
    named: list[Identity] = field(default_factory=list)

    @classmethod
    def of(cls, world: World, parameters: Parameters) -> "Identities":
        """Gather the e-mails and phones that every account and phone is seen with."""
        code = parameters.default_calling_code
        named = [
            normal(record, code)
            for records in (
                world.contacts,
                world.calls,
                world.answers,
                world.orders,
                world.messages,
            )
            for record in records
        ]
        blank = cls(code, only(named, "email"), only(named, "phone"), {})
        emails = defaultdict(set)
        for identity in map(blank.reach, named):
            if identity.phone and identity.email:
                emails[identity.phone].add(identity.email)
        return replace(blank, emails_of_phone=emails, named=named)

    def customer_by_name(self, name: str) -> str:
        """Return who an experiment means, by e-mail or by an account in any system.

        An account of nobody, or of several customers, is a customer who is in no other
        export.
        """
        if email := normal_email(name):
            return key("email", hashed(email))
        found = {
            self.customer(identity)
            for identity in self.named
            if identity.account and identity.account.partition("|")[2] == name
        }
        return found.pop() if len(found) == 1 else name

    def reach(self, identity: Identity) -> Identity:
        """An account stands for the one e-mail, and the one phone, it is seen with."""
        account = identity.account
        return Identity(
            account,
            identity.email or self.email_of_account.get(account),
            identity.phone or self.phone_of_account.get(account),
        )

    def customer(self, identity: Identity) -> str | None:
        """Return the key of the customer an identity names.

        Rule: the e-mail decides. An account or a phone stands for the one e-mail it is
        seen with; seen with several it stands for itself, seen with none a phone stands
        for itself too.
        """
        if not identity:
            return None
        known = self.reach(identity)
        emails = self.emails_of_phone.get(known.phone, set())
        if known.email or len(emails) == 1:
            return key("email", hashed(known.email or min(emails)))
        if known.account and (emails or not known.phone):
            return key("account", known.account)
        return key("phone", hashed(known.phone))

    def customer_of(self, record: object) -> str | None:
        """Return the key of the customer a record names."""
        return self.customer(normal(record, self.calling_code))


def normal(record: object, calling_code: str) -> Identity:
    """Return how a record names its customer, however it is written."""
    return Identity(
        account_key(record),
        normal_email(getattr(record, "customer_email", None)),
        normal_phone(getattr(record, "customer_phone", None), calling_code),
    )


def account_key(record: object) -> str | None:
    """An account is one system's."""
    account = getattr(record, "customer_id", None)
    return f"{getattr(record, 'system', 'generic')}|{account}" if account else None


def normal_email(text: str | None) -> str | None:
    """One mailbox, whatever its case or surrounding spaces."""
    inside = text.find("@", 1) if text else -1
    return text.strip().lower() if 0 < inside < len(text) - 1 else None


def normal_phone(text: str | None, calling_code: str) -> str | None:
    """One line, however written; fewer than 8 digits are an extension."""
    digits = "".join(c for c in (text or "").replace("(0)", "") if c in "0123456789")
    if len(digits) < 8:
        return None
    if text.strip().startswith("+"):
        return digits
    if digits.startswith("00"):
        return digits[2:]
    return calling_code + digits[1:] if digits.startswith("0") else digits


def only(named: list[Identity], what: str) -> dict[str, str]:
    """Return the e-mail or phone of the accounts that are seen with exactly one."""
    seen = defaultdict(set)
    for identity in named:
        if identity.account and getattr(identity, what):
            seen[identity.account].add(getattr(identity, what))
    return {account: min(found) for account, found in seen.items() if len(found) == 1}


def hashed(text: str) -> str:
    """Return what stands for an e-mail or a phone: neither leaves staging."""
    return hashlib.md5(f"{SALT}{text}".encode()).hexdigest()


def key(kind: str, value: str) -> str:
    """Return a customer's key. Equal values are ordered by it, so it must be theirs."""
    return hashlib.md5(f"{kind}|{value}".encode()).hexdigest()

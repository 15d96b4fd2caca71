"""Who is the same person, who is the same company.

Station 3 of the road. Asks the strongest sign first; the first sign with one hit
decides, one with several sets the record aside: never a guess. The order of the
candidates does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from mappings import raw
from mappings.documents.broken import Broken
from mappings.documents.matching import MatchingDocument
from mappings.documents.tree import Mistake

Values = Mapping[str, Any]
Candidates = Mapping[str, Values]
Kind = Literal["lead", "contact", "account", "company"]

OUR_KEY_IN_SALESFORCE: Final = "Leadbridge_HubSpot_Id__c"
OUR_KEY_IN_HUBSPOT: Final = "leadbridge_key"
MERGED_IDS: Final = "hs_merged_object_ids"
FREE_MAIL: Final = frozenset(
    {
        "126.com", "163.com", "aol.com", "bluewin.ch", "fastmail.com", "free.fr", "freenet.de", "gmail.com",
        "gmx.at", "gmx.ch", "gmx.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.co.uk",
        "hotmail.com", "hotmail.de", "hotmail.fr", "icloud.com", "laposte.net", "libero.it", "live.com",
        "mac.com", "mail.com", "mail.ru", "me.com", "msn.com", "naver.com", "orange.fr", "outlook.com",
        "outlook.de", "outlook.fr", "posteo.de", "proton.me", "protonmail.com", "qq.com", "rediffmail.com",
        "rocketmail.com", "t-online.de", "tutanota.com", "uol.com.br", "wanadoo.fr", "web.de", "wp.pl",
        "yahoo.co.in", "yahoo.co.jp", "yahoo.co.uk", "yahoo.com", "yahoo.de", "yahoo.fr", "yandex.ru",
        "ymail.com", "zoho.com",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Matching:
    """By which signs, in which order, two records are the same."""

    person: tuple[str, ...] = ("our_key", "id_of_hubspots_connector", "email")
    company: tuple[str, ...] = ("our_key", "id_of_hubspots_connector", "domain")


SHIPPED: Final = Matching()


def compile_matching(document: MatchingDocument) -> Matching:
    """The rules that *document* describes; raises `Broken` where a link could be lost."""
    mistakes: list[Mistake] = []
    for part in (document.person, document.company):
        if part.same_if[0] != "our_key":
            text = "`our_key` must come first: what is linked stays linked."
            mistakes.append(part.mistake(text, "Put `our_key` at the top of the list.", "same_if"))
        if len(set(part.same_if)) != len(part.same_if):
            mistakes.append(part.mistake("A sign stands here twice.", "Keep one of the two.", "same_if"))
    if mistakes:
        raise Broken(mistakes)
    return Matching(tuple(document.person.same_if), tuple(document.company.same_if))


@dataclass(frozen=True, slots=True)
class Match:
    """The one record that is the same, and how that is known; *beside* are others of the same e-mail."""

    kind: Kind
    id: str
    how: str
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Several records could be the same by the same sign."""

    ids: tuple[str, ...]
    how: str


@dataclass(frozen=True, slots=True)
class Questions:
    """What to look for in Salesforce: per kind, field → values."""

    lead: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    contact: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


_Hits = tuple[str, list[tuple[Kind, str]]]
_Test = Callable[[str, Values], bool]
_OUR_KEY: Final = "leadbridge's key"
_THEIR_ID: Final = "the id that HubSpot's own integration left"
_EMAIL: Final = "the same e-mail"
BY_DOMAIN: Final = "the same domain"
BY_ADDRESSES: Final = "the domain of its people's addresses"


def person_questions(hubspot_id: str, contact: Values) -> Questions:
    """What to look for in Salesforce to find the person of a HubSpot contact."""
    email = raw.text(contact.get("email"))
    ids = (hubspot_id, *merged_ids(contact))
    shared = {OUR_KEY_IN_SALESFORCE: ids} | ({"Email": (email,)} if email else {})
    key = raw.text(contact.get(OUR_KEY_IN_HUBSPOT)) or ""
    lead_ids = _texts([contact.get("salesforceleadid"), key if key.startswith("00Q") else None])
    contact_ids = _texts([contact.get("salesforcecontactid"), key if key.startswith("003") else None])
    return Questions(
        lead=shared | ({"Id": lead_ids} if lead_ids else {}),
        contact=shared | ({"Id": contact_ids} if contact_ids else {}),
    )


def choose_person(
    hubspot_id: str, contact: Values, leads: Candidates, contacts: Candidates, rules: Matching = SHIPPED
) -> Match | Ambiguous | None:
    """The Salesforce record that is this HubSpot contact; a converted Lead never is."""
    live = {id_: values for id_, values in leads.items() if not raw.truth(values.get("IsConverted"))}
    by_sign = {
        "our_key": [
            _by_our_key(hubspot_id, contact, live, contacts),
            _by_keys_of_merged(contact, live, contacts),
        ],
        "id_of_hubspots_connector": [_by_ids_of_hubspot(contact, live, contacts)],
        "email": [
            _by_email(hubspot_id, contact, "contact", contacts),
            _by_email(hubspot_id, contact, "lead", live),
        ],
    }
    chosen = _first(step for sign in rules.person for step in by_sign[sign])
    if chosen is None:
        return _of_another(hubspot_id, contact, live, contacts)
    if isinstance(chosen, Match) and chosen.kind == "contact":
        beside = [id_ for _, id_ in _by_email(hubspot_id, contact, "lead", live)[1]]
        return Match(chosen.kind, chosen.id, chosen.how, tuple(sorted(beside)))
    return chosen


def _of_another(
    hubspot_id: str, contact: Values, leads: Candidates, contacts: Candidates
) -> Ambiguous | None:
    """Records of this e-mail that carry another contact's key: a second record would be a duplicate."""

    def is_of_another(_id: str, values: Values) -> bool:
        key = raw.text(values.get(OUR_KEY_IN_SALESFORCE))
        return key not in (None, hubspot_id, *merged_ids(contact)) and _same_email(
            values.get("Email"), contact.get("email")
        )

    ids = [id_ for _, id_ in _either(leads, contacts, is_of_another)]
    return Ambiguous(tuple(sorted(ids)), "the same e-mail, but another contact's key") if ids else None


def choose_contact(
    kind: str, salesforce_id: str, record: Values, contacts: Candidates, rules: Matching = SHIPPED
) -> Match | Ambiguous | None:
    """The HubSpot contact that is this Lead or Contact."""
    if kind == "lead" and raw.truth(record.get("IsConverted")):
        return None
    key = raw.text(record.get(OUR_KEY_IN_SALESFORCE))
    free = _free(contacts, salesforce_id)

    def has_our_key(id_: str, values: Values) -> bool:
        is_named = key is not None and key in (id_, *merged_ids(values))
        return is_named or _is_id(values.get(OUR_KEY_IN_HUBSPOT), salesforce_id)

    def has_our_id(_id: str, values: Values) -> bool:
        return _is_id(values.get(f"salesforce{kind}id"), salesforce_id)

    def has_our_email(_id: str, values: Values) -> bool:
        return key is None and _same_email(values.get("email"), record.get("Email"))

    by_sign: dict[str, _Hits] = {
        "our_key": (_OUR_KEY, _hits("contact", contacts, has_our_key)),
        "id_of_hubspots_connector": (_THEIR_ID, _hits("contact", free, has_our_id)),
        "email": (_EMAIL, _hits("contact", free, has_our_email)),
    }
    return _first(by_sign[sign] for sign in rules.person)


def choose_company(
    account_id: str,
    account: Values,
    companies: Candidates,
    rules: Matching = SHIPPED,
    addresses: Iterable[str] = (),
) -> Match | Ambiguous | None:
    """The HubSpot company that is this Account; free-mail domains are nobody's.

    *addresses* are the domains of its people's e-mails: they speak where the Account names no website.
    """
    domain = domain_of(raw.text(account.get("Website")) or "")
    free = _free(companies, account_id)

    def has_our_key(_id: str, values: Values) -> bool:
        return _is_id(values.get(OUR_KEY_IN_HUBSPOT), account_id)

    def has_our_id(_id: str, values: Values) -> bool:
        return _is_id(values.get("salesforceaccountid"), account_id)

    by_sign: dict[str, _Hits] = {
        "our_key": (_OUR_KEY, _hits("company", companies, has_our_key)),
        "id_of_hubspots_connector": (_THEIR_ID, _hits("company", free, has_our_id)),
        "domain": (BY_DOMAIN, _of_domains(free, {domain}))
        if domain is not None
        else (BY_ADDRESSES, _of_domains(free, addresses)),
    }
    return _first(by_sign[sign] for sign in rules.company)


def companies_beside(
    account_id: str, account: Values, companies: Candidates, addresses: Iterable[str]
) -> list[str]:
    """Companies of the Account's domain that nobody's key claims: HubSpot made them by itself, or people did."""
    domain = domain_of(raw.text(account.get("Website")) or "")
    free = {
        id_: values
        for id_, values in companies.items()
        if raw.is_blank(values.get(OUR_KEY_IN_HUBSPOT))
        and (
            raw.is_blank(values.get("salesforceaccountid"))
            or _is_id(values["salesforceaccountid"], account_id)
        )
    }
    return sorted(id_ for _, id_ in _of_domains(free, addresses if domain is None else {domain}))


def creates_contact(accounts: Sequence[Any]) -> bool:
    """Whether a hand-over makes a Contact and not a Lead: the domain is exactly one Account's."""
    return len(accounts) == 1


def domain_of(url_or_email: str) -> str | None:
    """The bare domain of an address on the web or of an e-mail, without ``www.``; None when there is none."""
    text = url_or_email.strip().lower()
    if "@" in text and "/" not in text:
        host: str | None = text.rpartition("@")[2]
    else:
        host = _host(text)
    host = (host or "").strip(".").removeprefix("www.")
    return host if "." in host and not set(host) & set(" @/\\,;") else None


def merged_ids(contact: Values) -> tuple[str, ...]:
    """The ids of the contacts that were merged into this one."""
    return tuple(id_ for id_ in (raw.text(contact.get(MERGED_IDS)) or "").split(";") if id_)


def is_free_mail(domain: str) -> bool:
    """Whether the domain gives mailboxes to everybody, so that it says nothing of a company."""
    return domain.strip().lower() in FREE_MAIL


def _host(text: str) -> str | None:
    try:
        return urlsplit(text if "//" in text else f"//{text}").hostname
    except ValueError:
        return None


def _by_our_key(hubspot_id: str, contact: Values, leads: Candidates, contacts: Candidates) -> _Hits:
    key = raw.text(contact.get(OUR_KEY_IN_HUBSPOT))
    return _OUR_KEY, _either(
        leads,
        contacts,
        lambda id_, values: raw.text(values.get(OUR_KEY_IN_SALESFORCE)) == hubspot_id or _is_id(key, id_),
    )


def _by_keys_of_merged(contact: Values, leads: Candidates, contacts: Candidates) -> _Hits:
    """Records with the key of a contact that was merged into this one."""
    merged = merged_ids(contact)
    return _OUR_KEY, _either(
        leads, contacts, lambda _, values: raw.text(values.get(OUR_KEY_IN_SALESFORCE)) in merged
    )


def _by_ids_of_hubspot(contact: Values, leads: Candidates, contacts: Candidates) -> _Hits:
    """The Contact's id goes before the Lead's: the Lead may have become that Contact."""
    people = _hits("contact", contacts, lambda id_, _: _is_id(contact.get("salesforcecontactid"), id_))
    return _THEIR_ID, people or _hits(
        "lead", leads, lambda id_, _: _is_id(contact.get("salesforceleadid"), id_)
    )


def _by_email(hubspot_id: str, contact: Values, kind: Kind, candidates: Candidates) -> _Hits:
    def is_same(_id: str, values: Values) -> bool:
        taken = raw.text(values.get(OUR_KEY_IN_SALESFORCE))
        return taken in (None, hubspot_id) and _same_email(values.get("Email"), contact.get("email"))

    return _EMAIL, _hits(kind, candidates, is_same)


def _free(candidates: Candidates, id_: str) -> dict[str, Values]:
    """Those that are not linked to another Salesforce record."""
    return {
        name: values
        for name, values in candidates.items()
        if raw.is_blank(values.get(OUR_KEY_IN_HUBSPOT)) or _is_id(values[OUR_KEY_IN_HUBSPOT], id_)
    }


def _of_domains(companies: Candidates, domains: Iterable[str]) -> list[tuple[Kind, str]]:
    wanted = {domain for domain in domains if not is_free_mail(domain)}

    def is_same(_id: str, values: Values) -> bool:
        return domain_of(raw.text(values.get("domain")) or raw.text(values.get("website")) or "") in wanted

    return _hits("company", companies, is_same) if wanted else []


def _either(leads: Candidates, contacts: Candidates, test: _Test) -> list[tuple[Kind, str]]:
    return [*_hits("contact", contacts, test), *_hits("lead", leads, test)]


def _hits(kind: Kind, candidates: Candidates, test: _Test) -> list[tuple[Kind, str]]:
    return [(kind, id_) for id_, values in candidates.items() if test(id_, values)]


def _first(steps: Iterable[_Hits]) -> Match | Ambiguous | None:
    """The first sign with any hit: one decides, several are too many."""
    for how, hits in steps:
        if len(hits) == 1:
            return Match(hits[0][0], hits[0][1], how)
        if hits:
            return Ambiguous(tuple(sorted(id_ for _, id_ in hits)), how)
    return None


def _same_email(left: Any, right: Any) -> bool:
    first, second = raw.text(left), raw.text(right)
    return first is not None and second is not None and first.casefold() == second.casefold()


def _is_id(given: Any, id_: str) -> bool:
    """Salesforce ids come with 15 or 18 characters; the last three are a checksum of the first 15."""
    text = raw.text(given)
    if text is None:
        return False
    return text == id_ or (min(len(text), len(id_)) == 15 and text[:15] == id_[:15])


def _texts(values: Iterable[Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_present(values)))


def _present(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        text = raw.text(value)
        if text:
            yield text

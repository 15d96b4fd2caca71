"""Names, towns, companies and telephone numbers of eighteen countries, in eight scripts.

All of it is invented or too common to mean anybody. Read by `twins.sample`; a name is
written ``native:latin`` (or once, when it is plain ASCII), because addresses are ASCII.

Telephone numbers: ``#`` is any digit. Where a regulator keeps numbers for fiction they
are used: US https://nanpa.com, GB https://www.ofcom.org.uk, DE https://www.bundesnetzagentur.de,
FR https://www.arcep.fr, SE https://www.pts.se, AU https://www.acma.gov.au.
"""

from __future__ import annotations

from dataclasses import dataclass

from twins.sample import europe, overseas


@dataclass(frozen=True, slots=True)
class Name:
    """One word as people write it, and in ASCII letters."""

    native: str
    latin: str


@dataclass(frozen=True, slots=True)
class Town:
    """A town with its region and the beginning of its post codes."""

    name: str
    region: str
    post_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Land:
    """What a generated person of one country is made of.

    *landline* and *mobile* are ``country area subscriber``; *trunk* is the digit dialled
    before the area at home. *company* is a pattern of ``{stem}`` and ``{branch}``.
    """

    code: str
    name: str
    spellings: tuple[str, ...]
    currency: str
    zone: str
    landline: str
    mobile: str
    trunk: str
    weight: int
    street: str
    company: str
    given: tuple[Name, ...]
    family: tuple[Name, ...]
    stems: tuple[Name, ...]
    branches: tuple[Name, ...]
    towns: tuple[Town, ...]


def lands() -> tuple[Land, ...]:
    """Every country of the sample, in a fixed order."""
    return tuple(_land(row) for row in europe.ROWS + overseas.ROWS)


def _land(row: dict[str, str]) -> Land:
    currency, zone, trunk, weight = row["money"].split()
    return Land(
        code=row["code"],
        name=row["name"],
        spellings=tuple(row["spellings"].split("|")),
        currency=currency,
        zone=zone,
        landline=row["landline"],
        mobile=row["mobile"],
        trunk="" if trunk == "-" else trunk,
        weight=int(weight),
        street=row["street"],
        company=row["company"],
        given=_names(row["given"]),
        family=_names(row["family"]),
        stems=_names(row["stems"]),
        branches=_names(row["branches"]),
        towns=tuple(Town(*town.split("/")) for town in row["towns"].split("|")),
    )


def _names(text: str) -> tuple[Name, ...]:
    pairs = (word.replace("_", " ").partition(":") for word in text.split())
    return tuple(Name(native, latin or native) for native, _, latin in pairs)

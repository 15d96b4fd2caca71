"""Who stands where when the bridge comes: every row of the adoption table, with its share."""

from __future__ import annotations

from twins.sample.words import Fate, Outcome

OPEN = "Open - Not Contacted"
WORKING = "Working - Contacted"
CLOSED = "Closed - Not Converted"


def fates(people: int) -> list[Fate]:
    """One fate for each of *people*, in the shares of the table (largest remainders first)."""
    table = _both() + _only_hubspot() + _only_salesforce()
    whole = sum(fate.share for fate in table)
    counts = [people * fate.share // whole for fate in table]
    missing = people - sum(counts)
    by_remainder = sorted(range(len(table)), key=lambda at: -(people * table[at].share % whole))
    for at in by_remainder[:missing]:
        counts[at] += 1
    return [fate for fate, count in zip(table, counts, strict=True) for _ in range(count)]


def _both() -> list[Fate]:
    def contact(name: str, share: int, outcomes: tuple[Outcome, ...], *shown: str, status: str = "") -> Fate:
        return Fate(
            name=name,
            where="both",
            share=share,
            kind="Contact",
            outcomes=outcomes,
            shown=shown,
            status=(status,),
        )

    def lead(
        name: str, share: int, lead_status: str, shown: tuple[str, ...], *status: str, queued: bool = False
    ) -> Fate:
        return Fate(
            name=name, where="both", share=share, kind="Lead", lead_status=lead_status,
            queued=queued, shown=shown, status=status,
        )  # fmt: skip

    passed = ("marketingqualifiedlead", "marketingqualifiedlead", "lead")
    return [
        contact("open opportunity", 70, ("open",), "opportunity", "salesqualifiedlead", status="OPEN_DEAL"),
        contact("two open opportunities", 8, ("open", "open"), "opportunity", status="OPEN_DEAL"),
        contact("won", 75, ("won",), "customer", "customer", "opportunity"),
        contact("won twice", 15, ("won", "won"), "customer", "evangelist"),
        contact("won, and one open", 20, ("won", "open"), "customer"),
        contact("lost", 60, ("lost",), "opportunity", "salesqualifiedlead", "lead"),
        contact("lost, then won", 12, ("lost", "won"), "customer"),
        contact("contact of an account", 140, (), "lead", "salesqualifiedlead", "other", "customer"),
        lead("lead, working", 130, WORKING, ("salesqualifiedlead", "lead"), "IN_PROGRESS", "CONNECTED", ""),
        lead("lead, open, of a user", 140, OPEN, passed, "OPEN", "NEW", ""),
        lead("lead, open, in a queue", 110, OPEN, passed, "NEW", "", queued=True),
        lead(
            "lead, closed", 170, CLOSED, ("lead", "marketingqualifiedlead"), "UNQUALIFIED", "BAD_TIMING", ""
        ),
    ]


def _only_hubspot() -> list[Fate]:
    shares = {
        "subscriber": 180, "lead": 170, "marketingqualifiedlead": 120, "salesqualifiedlead": 40,
        "opportunity": 15, "customer": 35, "evangelist": 10, "other": 40, "": 40,
    }  # fmt: skip
    return [
        Fate(name=f"only in HubSpot, {shown or 'blank'}", where="hubspot", share=share, shown=(shown,))
        for shown, share in shares.items()
    ]


def _only_salesforce() -> list[Fate]:
    def lead(name: str, share: int, status: str, *, queued: bool = False) -> Fate:
        return Fate(
            name=f"only in Salesforce, {name}", where="salesforce", share=share, kind="Lead", lead_status=status,
            queued=queued,
        )  # fmt: skip

    def contact(name: str, share: int, *outcomes: Outcome) -> Fate:
        return Fate(
            name=f"only in Salesforce, {name}",
            where="salesforce",
            share=share,
            kind="Contact",
            outcomes=outcomes,
        )

    return [
        lead("lead, working", 60, WORKING),
        lead("lead, open, of a user", 70, OPEN),
        lead("lead, open, in a queue", 45, OPEN, queued=True),
        lead("lead, closed", 85, CLOSED),
        contact("contact of an account", 60),
        contact("open opportunity", 20, "open"),
        contact("won", 40, "won"),
        contact("lost", 20, "lost"),
    ]

"""`leadbridge erase`: forget a person, and let one in again."""

from __future__ import annotations

import re
import sys
from typing import Annotated

import typer

from connectors.records import Find
from sync import erasure
from sync.bootstrap import Bridge
from sync.cli.endings import DIFFERS, BadArgument
from sync.cli.options import Config, Json, opened_bridge
from sync.cli.printing import as_json, progress, say
from sync.daemon import Daemon
from sync.model import Knock

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


def erase(
    source: Annotated[str, typer.Argument(metavar="-", help="The e-mail address comes on standard input.")],
    lift: Annotated[
        bool, typer.Option("--lift", help="Let a person in again who was erased and came back.")
    ] = False,
    config: Config = None,
    json: Json = False,
) -> None:
    """Forget a person in the store, by every id and address; both systems are left as they are.

    The daemon must be stopped meanwhile. The person is not looked at again until --lift.

    Example: echo ada@example.com | leadbridge erase -
    """
    email = _email(source)
    with opened_bridge(config, quiet=True) as bridge, Daemon(bridge.engine).writing():
        if lift:
            _lift(bridge, email, json=json)
        else:
            _erase(bridge, email, json=json)


def _email(source: str) -> str:
    if source != "-":
        raise BadArgument(
            "The address is read from standard input, so that it stays out of the shell's history: "
            "echo ADDRESS | leadbridge erase -"
        )
    email = sys.stdin.readline().strip()
    if not _EMAIL.fullmatch(email):
        raise BadArgument("There is no e-mail address on standard input: echo ADDRESS | leadbridge erase -")
    return email


def _erase(bridge: Bridge, email: str, *, json: bool) -> None:
    person = erasure.known_by(bridge.store, bridge.connectors, email)
    with progress("entries of the ledger", bridge.store.ledger_size()) as bar:
        done = erasure.erase(bridge.store, person, bridge.clock.now(), bar.advance)
    left = [str(path) for path in erasure.still_names(bridge.settings.state, bridge.store, person)]
    if json:
        as_json(
            {**done._asdict(), "records": len(person.refs), "addresses": len(person.emails), "left": left}
        )
    else:
        say(
            f"Forgotten: a person with {len(person.refs)} records and {len(person.emails)} addresses; "
            f"{done.links} links, {done.entries} entries of the ledger, {done.writes} queued writes, "
            f"{done.problems} problems."
        )
        for path in left:
            say(f"{path} still names the person: delete it, or keep it no longer than you may.")
    if left:
        raise typer.Exit(DIFFERS)


def _lift(bridge: Bridge, email: str, *, json: bool) -> None:
    lifted = bridge.store.lift(email)
    [found] = bridge.connectors["hubspot"].find([Find("contact", {"email": (email.lower(),)}, ("email",))])
    if lifted:
        bridge.store.knock([Knock(one.ref) for one in found], bridge.clock.now())
    if json:
        as_json({"lifted": bool(lifted), "found": len(found)})
    elif lifted:
        say("The person is let in again, and looked at in the next pass.")
    else:
        raise BadArgument("Nobody was erased under this address; nothing was changed.")

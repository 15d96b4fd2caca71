"""`leadbridge state`: check the store, back it up, build it anew."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from connectors.records import Ref
from sync.bootstrap import Bridge, begin_store_anew, read_agreement, require_fit
from sync.cli.asking import Declined
from sync.cli.endings import DIFFERS, BadArgument
from sync.cli.options import Config, Json, opened_bridge, opened_store, secrets_of, settings_with
from sync.cli.printing import as_json, progress, say
from sync.cli.stopping import end_stopped, is_cut_short, leaving, left_of
from sync.clock import SystemClock
from sync.daemon import Daemon
from sync.logs import start_logging
from sync.model import EVERYTHING
from sync.remember import let_in
from sync.settling import Pass
from sync.store.aside import Anew, alone_with, is_whole

MOST_PASSES = 100_000

state = typer.Typer(
    help="The store: check it, back it up, build it anew.\n\nExample: leadbridge state verify",
    short_help="The store: check it, back it up, build it anew.",
    no_args_is_help=True,
)


@state.command("verify")
def verify(config: Config = None, json: Json = False) -> None:
    """Check the store's file, the ledger's chain, and the tables against each other; exits with 4 on findings.

    Example: leadbridge state verify
    """
    with opened_store(config) as store:
        seq, link = store.head()
        with progress("entries of the ledger", store.ledger_size()) as bar:
            found = store.verify(SystemClock().now(), bar.advance)
    if json:
        as_json({"entries": seq, "head": link, "findings": [one._asdict() for one in found]})
    else:
        for one in found:
            say(one.text, bold=f"{one.code}: ")
            say(f"    do: {one.remedy}")
        said = f"{len(found)} findings" if len(found) != 1 else "1 finding"
        say(f"The store is sound: {seq} entries, head {link}." if not found else f"{said}.")
    if found:
        raise typer.Exit(DIFFERS)


@state.command("rebuild")
def rebuild(
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Put a store aside although its file is sound.")
    ] = False,
    config: Config = None,
    json: Json = False,
) -> None:
    """Put a damaged store aside and build it anew from what both systems know; nothing is doubled.

    Passes run until nothing is left to do, by the `mode` of bridge.yaml; Ctrl-C ends it after the
    batch in hand, with 130, and `leadbridge run` goes on. What is written over
    where nobody knows any more what both sides agreed on says "base unknown" in the ledger.

    Example: leadbridge state rebuild
    """
    settings = settings_with(config)
    name = read_agreement(settings.config).bridge.name
    settings.require_credentials()
    with alone_with(settings.state, name) as is_alone:
        if not is_alone:
            raise BadArgument("The bridge is running; stop it first. Nothing was changed.")
        if is_whole(settings.state) and not anyway:
            raise Declined(
                "The store's file is sound; nothing was changed. `--anyway` puts it aside all the same."
            )
        start_logging(settings.log.format, "warning", secrets=secrets_of(settings))
        require_fit(settings)
        anew = begin_store_anew(settings, name)
    with opened_bridge(config, quiet=True) as bridge, progress("records planned") as bar:
        daemon = Daemon(bridge.engine)
        with daemon.stopped_by_signals(leaving(json=json, goes_on=_goes_on(anew))), daemon.writing():
            done = daemon.settle(MOST_PASSES, lambda one: bar.advance(one.planned + one.observed))
        _tell_rebuilt(bridge, anew, done, json=json, is_stopped=is_cut_short(daemon, done))


def _goes_on(anew: Anew) -> str:
    """The same command would put the new store aside, too."""
    return " ".join(
        ("The store is built anew in part; `leadbridge run` goes on where it was.", *_kept_as(anew))
    )


def _kept_as(anew: Anew) -> list[str]:
    said = []
    if anew.kept is not None:
        said.append(
            f"The old one is kept as {anew.kept}; it holds personal data: delete it when nobody needs it."
        )
    if not anew.read:
        said.append(
            "It could not be read to its end: whoever was erased may be known again (erase them once more), "
            "and whatever stopped all writing is over (`leadbridge pause`)."
        )
    return said


def _tell_rebuilt(bridge: Bridge, anew: Anew, done: Sequence[Pass], *, json: bool, is_stopped: bool) -> None:
    links = {pair: bridge.store.count_links(pair)[1] for pair in ("person", "company", "deal")}
    written = sum(sum(one.written.values()) for one in done)
    left = left_of(bridge, done)
    stands = [brake for brake in bridge.store.brakes() if brake.what in EVERYTHING]
    if json:
        told = {"kept": str(anew.kept) if anew.kept else None, "links": links, "written": written}
        by = {"read": anew.read, "brakes": [brake.what for brake in stands]}
        as_json({**told, **by, "stopped": is_stopped, "left": left})
    if is_stopped:
        end_stopped(bridge, left, json=json, goes_on=_goes_on(anew))
    if json:
        return
    said = ", ".join(f"{count} {pair}" for pair, count in links.items())
    say(f"The store is built anew: links {said}; records written: {written}.")
    for brake in stands:
        say(f"It writes nothing, as before: {brake.text}; {brake.remedy}.")
    for sentence in _kept_as(anew):
        say(sentence)


@state.command("backup")
def backup(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="Where to; a file that is not there yet (STATE/backup-TIME.db).", show_default=False
        ),
    ] = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Copy the store to FILE while the bridge runs; keep the key (hash.key in the state folder) beside it.

    Example: leadbridge state backup /backups/leadbridge-monday.db
    """
    now = SystemClock().now()
    with opened_store(config) as store:
        folder = store.database.file.parent if store.database.file else Path()
        to = file or folder / f"backup-{now:%Y%m%d-%H%M%S}.db"
        try:
            last = store.backup(to, now)
        except FileExistsError:
            raise BadArgument(f"{to} exists already; name another file.") from None
        except OSError as error:
            raise BadArgument(f"{to} cannot be written: {error.strerror}.") from None
    if json:
        as_json({"file": str(to), "pass": last, "bytes": to.stat().st_size})
    else:
        say(f"The store as of pass {last} is in {to}.")


@state.command("lift")
def lift(
    ref: Annotated[
        str, typer.Argument(help="The deleted record, or the one that is left.", show_default=False)
    ],
    config: Config = None,
    json: Json = False,
) -> None:
    """Let a record whose counterpart was deleted go its own way again: matched, or handed over anew.

    Example: leadbridge state lift hubspot:contact:501
    """
    try:
        named = Ref.parse(ref)
    except ValueError as error:
        raise BadArgument(f"{error}.") from None
    with opened_store(config) as store:
        lifted = let_in(store, named, SystemClock().now())
    if not lifted:
        raise BadArgument(f"No deletion is remembered for {ref}; nothing was changed.")
    if json:
        as_json([{"deleted": str(one.ref), "let_in": str(one.partner or one.ref)} for one in lifted])
        return
    for one in lifted:
        say(f"{one.partner or one.ref} goes its own way with the next pass; {one.ref} is forgotten.")

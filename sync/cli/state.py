"""`leadbridge state`: check the store, and back it up."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from sync.cli.endings import DIFFERS, BadArgument
from sync.cli.options import Config, Json, opened_store
from sync.cli.printing import as_json, progress, say

state = typer.Typer(
    help="The store: check it, back it up.\n\nExample: leadbridge state verify",
    short_help="The store: check it, back it up.",
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
            found = store.verify(datetime.now(UTC), bar.advance)
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
    now = datetime.now(UTC)
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

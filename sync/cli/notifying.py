"""`leadbridge notify`: who is told what, and a trial of an address; and the notifier of a running bridge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

import typer

from mappings.documents.reading import suggestion
from mappings.notifications import Notification
from sync.bootstrap import Bridge, read_agreement
from sync.cli.endings import DIFFERS, FAILED, BadArgument
from sync.cli.options import Config, Json, opened_store, settings_with
from sync.cli.printing import as_json, complain, say
from sync.notify import Notifier, Post, Reading, findings, links, mistake_of, told_so_far, trial
from sync.settings import Settings

_HOW_TO_ADD: Final = "It is empty: add a line such as `- {to: sales, on: [handed_over, late]}`, and its address as LEADBRIDGE_NOTIFY__SALES."
notify = typer.Typer(
    help="Who is told what, by mail, Slack, Teams or https.\n\nExample: leadbridge notify test sales",
    short_help="Who is told what, by mail, Slack, Teams or https.",
    no_args_is_help=True,
)


@notify.command("list")
def notify_list(config: Config = None, json: Json = False) -> None:
    """List who is told what, and when the last message left.

    Example: leadbridge notify list
    """
    settings = settings_with(config)
    bridge = read_agreement(settings.config).bridge
    with opened_store(config) as store:
        told = [{**_in_words(one), "last_told": told_so_far(store, one)} for one in bridge.notifications]
    if json:
        as_json(told)
    else:
        _say_told(told, bridge.zone)
    _end_with(list(findings(bridge.notifications, addresses_of(settings))))


@notify.command("test")
def notify_test(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who, as `to` in bridge.yaml says.")],
    config: Config = None,
    json: Json = False,
) -> None:
    """Send one message to an address, to see that it arrives; nothing else is sent or changed.

    Example: leadbridge notify test sales
    """
    settings = settings_with(config)
    bridge = read_agreement(settings.config).bridge
    addresses = addresses_of(settings)
    address = addresses.get(name)
    known = sorted({*addresses, *(one.to for one in bridge.notifications)})
    if name not in known:
        way = suggestion(name, known) if known else _HOW_TO_ADD
        raise BadArgument(f"Nobody is called {name!r} in `notifications` of bridge.yaml. {way}")
    mistake = mistake_of(name, address)
    why = mistake or post_of(settings)(address or "", trial(name, bridge.name))
    if json:
        as_json({"to": name, "accepted": why is None, "why": why})
    elif why is None:
        say(f"The address of `{name}` accepted the message.")
    _end_with([mistake] if mistake else [])
    if why is not None:
        complain([f"The address of `{name}` did not accept the message: {why}."])
        raise typer.Exit(FAILED)


def _end_with(found: Sequence[str]) -> None:
    """What `check` finds of the addresses ends every command as it ends `check`."""
    if found:
        complain(found)
        raise typer.Exit(DIFFERS)


def notifier_of(bridge: Bridge) -> Notifier:
    """What tells people of a running bridge."""
    engine = bridge.engine
    link_to = links(bridge.settings.hubspot.portal_id, lambda: bridge.org)
    return Notifier(
        store=bridge.store,
        agreed=lambda: engine.agreement.bridge,
        addresses=addresses_of(bridge.settings),
        reading=Reading(bridge.store, lambda: engine.agreement.lifecycle, engine.name_of, link_to),
        send=post_of(bridge.settings),
        now=bridge.clock.now,
    )


def addresses_of(settings: Settings) -> Mapping[str, str]:
    """The addresses of the environment by name."""
    return {name: address.get_secret_value().strip() for name, address in settings.notify.items()}


def post_of(settings: Settings) -> Post:
    """What sends to them."""
    return Post(str(settings.ca_file) if settings.ca_file else None, settings.proxy_url)


def _say_told(told: Sequence[Mapping[str, Any]], zone: ZoneInfo) -> None:
    for one in told:
        at = one["last_told"]
        last = f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at else "never"
        say(f"{one['to']}  {one['what']}  {one['when']}  last told: {last}")
    if not told:
        say("Nobody is told anything: `notifications` in bridge.yaml is empty.")


def _in_words(told: Notification) -> dict[str, Any]:
    if told.digest is not None:
        days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
        return {
            "to": told.to, "what": f"digest: {told.digest}", "when": f"{days[told.weekday]} {told.time:%H:%M}",
        }  # fmt: skip
    minutes = int(told.every.total_seconds() // 60)
    return {"to": told.to, "what": ", ".join(sorted(told.on)), "when": f"every {minutes} minutes at most"}

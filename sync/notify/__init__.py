"""Notifications: a view of the ledger that goes out by mail, Slack, Teams or https, in a thread of its own."""

from sync.notify.addresses import findings, mistake_of
from sync.notify.links import links
from sync.notify.notifier import Notifier, told_so_far
from sync.notify.reading import Reading
from sync.notify.sending import Post
from sync.notify.wording import Message, trial

__all__ = [
    "Message",
    "Notifier",
    "Post",
    "Reading",
    "findings",
    "links",
    "mistake_of",
    "told_so_far",
    "trial",
]

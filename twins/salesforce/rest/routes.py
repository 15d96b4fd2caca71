"""Which address is which resource."""

from __future__ import annotations

from twins.salesforce.access import limits
from twins.salesforce.access.call import Answer, Call, Resource
from twins.salesforce.access.limits import Limits
from twins.salesforce.bulk import Jobs
from twins.salesforce.errors import Rejected, not_found
from twins.salesforce.metadata import Deployments
from twins.salesforce.org.ids import canonical_id
from twins.salesforce.rest import (
    batch,
    collections,
    composite,
    describe,
    layouts,
    replication,
    rows,
    search,
    tooling,
    tree,
)
from twins.salesforce.rest.query import Cursors, resources


class Routes:
    """Finds the resource of a call, by the parts of the path after the version."""

    def __init__(self, limits_: Limits, cursors: Cursors, jobs: Jobs, deployments: Deployments) -> None:
        self._limits: Resource = {"GET": limits_.show}
        self._queries, self._tooling = resources(cursors), tooling.resource(cursors)
        self._batch = batch.resource(limits_.spend)
        self._jobs, self._deployments = jobs, deployments

    def resource(self, parts: tuple[str, ...]) -> tuple[str, Resource]:
        """Its name, as `calls` counts it, and what answers each method; raises `Rejected` with 404."""
        match parts:
            case ():
                return "resources", {"GET": _resources}
            case ("query" | "queryAll" as name,):
                return name, self._queries[name]
            case ("query" | "queryAll", _):
                return "query", self._queries["more"]
            case ("tooling", "query"):
                return "tooling/query", self._tooling
            case ("search" | "parameterizedSearch" as name,):
                return name, search.RESOURCES[name]
            case ("limits", *below):
                return self._limited(tuple(below))
            case ("composite", "batch"):
                return "composite/batch", self._batch
            case ("composite", *below):
                return _composite(tuple(below))
            case ("jobs", *below):
                return self._jobs.resource(tuple(below))
            case ("metadata", *below):
                return self._deployments.resource(tuple(below))
            case ("sobjects", *below):
                return _sobjects(tuple(below))
        raise not_found()

    def _limited(self, below: tuple[str, ...]) -> tuple[str, Resource]:
        match below:
            case ():
                return "limits", self._limits
            case ("recordCount",):
                return "limits/recordCount", {"GET": limits.record_count}
        raise not_found()

    def answer(self, call: Call) -> Answer:
        """Let the resource answer; raises `Rejected`."""
        _, resource = self.resource(call.parts)
        ask = resource.get("GET" if call.method == "HEAD" else call.method)
        if ask is None:
            allowed = ",".join(sorted({*resource, *(["HEAD"] if "GET" in resource else [])}))
            said = f"HTTP Method '{call.method}' not allowed. Allowed are {allowed}"
            raise Rejected(405, "METHOD_NOT_ALLOWED", said)
        return ask(call)


def _composite(below: tuple[str, ...]) -> tuple[str, Resource]:
    match below:
        case ():
            return "composite", composite.COMPOSITE
        case ("graph",):
            return "composite/graph", composite.GRAPH
        case ("tree", _):
            return "composite/tree", tree.TREE
        case ("sobjects",):
            return "composite/sobjects", collections.ROWS_RESOURCE
        case ("sobjects", _):
            return "composite/sobjects/retrieve", collections.KIND
        case ("sobjects", _, _):
            return "composite/sobjects/upsert", collections.KEYED
    raise not_found()


def _sobjects(below: tuple[str, ...]) -> tuple[str, Resource]:
    match below:
        case ():
            return "sobjects", describe.EVERY_KIND
        case (_,):
            return "sobjects/kind", {**describe.ABOUT, **rows.BY_KIND}
        case (_, "describe"):
            return "sobjects/describe", describe.DESCRIBE
        case (_, "describe", "layouts", *record_type) if len(record_type) <= 1:
            return "sobjects/layouts", layouts.LAYOUTS
        case (_, "Id"):
            return "sobjects/kind", {"POST": rows.create}
        case (_, "updated"):
            return "sobjects/updated", replication.UPDATED
        case (_, "deleted"):
            return "sobjects/deleted", replication.DELETED
        case (_, key) if canonical_id(key) is not None:
            return "sobjects/row", rows.BY_ID
        case (_, _, _):
            return "sobjects/key", rows.BY_KEY
    raise not_found()


def _resources(call: Call) -> Answer:
    names = (
        "composite", "jobs", "limits", "metadata", "parameterizedSearch", "query", "queryAll", "search", "sobjects",
        "tooling",
    )  # fmt: skip
    identity = f"{call.host}/id/{call.org.id}/{call.user}"
    return Answer(200, {**{name: f"{call.base}/{name}" for name in names}, "identity": identity})

"""/composite: up to 25 requests in one call, of which five may be queries or Collections.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from twins.salesforce.access.call import Answer, Call, Resource
from twins.salesforce.errors import Rejected, unparsable
from twins.salesforce.rest.subrequests import Part, answered, parts

PARTS = 25
HEAVY = 5
GRAPHS = 75
NODES = 500
KINDS = 15
DEPTH = 15
FAILURES = 14
_IS_HEAVY = re.compile(r"/(query|queryAll|composite/sobjects)(/|\?|$)")


def composite(call: Call) -> Answer:
    """POST: the parts run in order, each sees what the ones before it did; with allOrNone all stand or fall."""
    asked = call.values()
    wanted = parts(asked.get("compositeRequest"), PARTS)
    if sum(1 for part in wanted if _IS_HEAVY.search(part.url)) > HEAVY:
        said = f"No more than {HEAVY} of the subrequests may be query or sObject Collections requests"
        raise Rejected(400, "LIMIT_EXCEEDED", said)
    replies, _ = answered(call, wanted, whole=asked.get("allOrNone") is True)
    return Answer(200, {"compositeResponse": replies})


def graph(call: Call) -> Answer:
    """POST: up to 75 graphs, each of which stands or falls as a whole
    (https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_graph.htm).
    """
    asked = call.values().get("graphs")
    if not isinstance(asked, list) or not asked or not all(isinstance(one, dict) for one in asked):
        raise unparsable("Cannot deserialize instance of CompositeGraph: graphs is required")
    if len(asked) > GRAPHS:
        raise Rejected(400, "LIMIT_EXCEEDED", f"The number of graphs exceeds the limit of {GRAPHS}")
    graphs = [(str(one.get("graphId")), parts(one.get("compositeRequest"), NODES)) for one in asked]
    _within_limits(graphs)
    told, failed = [], 0
    for name, wanted in graphs:
        # https://developer.salesforce.com/docs/atlas.en-us.250.0.api_rest.meta/api_rest/resources_composite_graph_limits.htm
        halted = failed >= FAILURES
        replies, fine = ([], False) if halted else answered(call, _in_order(wanted), whole=True)
        failed += not fine
        told.append({"graphId": name, "graphResponse": {"compositeResponse": replies}, "isSuccessful": fine})
    return Answer(200, {"graphs": told})


def _within_limits(graphs: Sequence[tuple[str, Sequence[Part]]]) -> None:
    nodes = [part for _, wanted in graphs for part in wanted]
    if len({name for name, _ in graphs}) < len(graphs):
        raise Rejected(400, "INVALID_INPUT", "Duplicate graphId provided in the request")
    if len(nodes) > NODES:
        raise Rejected(400, "LIMIT_EXCEEDED", f"The number of nodes exceeds the limit of {NODES}")
    if any("/sobjects/" not in part.url or _IS_HEAVY.search(part.url) for part in nodes):
        raise Rejected(400, "INVALID_INPUT", "Only sObject requests may be nodes of a graph")
    # a kind of node is its object and its method
    if len({(part.method, part.url.partition("/sobjects/")[2].split("/")[0]) for part in nodes}) > KINDS:
        raise Rejected(400, "LIMIT_EXCEEDED", f"The number of kinds of nodes exceeds the limit of {KINDS}")


def _in_order(wanted: Sequence[Part]) -> list[Part]:
    """The nodes with every one behind those that it refers to; raises `Rejected` for a circle or a deep graph."""
    names = {part.name for part in wanted}
    depth: dict[str, int] = {}
    ordered: list[Part] = []
    left = list(wanted)
    while left:
        ready = [part for part in left if part.needs & names <= depth.keys()]
        if not ready:
            raise Rejected(400, "INVALID_INPUT", "The graph has a circle of references")
        for part in ready:
            depth[part.name] = 1 + max((depth[name] for name in part.needs & names), default=0)
        ordered += ready
        left = [part for part in left if part.name not in depth]
    if max(depth.values()) > DEPTH:
        raise Rejected(400, "LIMIT_EXCEEDED", f"The depth of the graph exceeds the limit of {DEPTH}")
    return ordered


COMPOSITE: Resource = {"POST": composite}
GRAPH: Resource = {"POST": graph}

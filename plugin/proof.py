"""Do the rules that would be installed say the same as the lifecycle? Every case is tried.

The text of the rules is taken out of the generated XML and worked out, as Salesforce does it, for every stage
before × stage after × who saves × new or not × reason and comment before and after; the state machine says
independently whether a person may do that. Where the two differ there is a counter-example.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import PurePosixPath
from typing import Final, Literal

from lxml import etree

from mappings.lifecycle.definition import START, Move
from mappings.lifecycle.machine import Lifecycle
from plugin.formula import Context, Formula, FormulaError, Type, compile_formula

STAGE: Final = "Leadbridge_Stage__c"
REASON: Final = "Leadbridge_Reason__c"
COMMENT: Final = "Leadbridge_Sales_Comment__c"
PERMISSION: Final = "Leadbridge_Sync"
Who = Literal["seller", "bridge"]
_TYPES: Final[Mapping[str, Type]] = {
    "Picklist": "picklist", "Text": "text", "LongTextArea": "text", "Url": "text", "Number": "number",
    "Checkbox": "boolean", "DateTime": "datetime", "Date": "date",
}  # fmt: skip
_NS: Final = "{http://soap.sforce.com/2006/04/metadata}"


@dataclass(frozen=True, slots=True)
class Edge:
    """Somebody saves a record that had the stage *prior* (None: it is new) with the stage *next* ("": none)."""

    who: Who
    prior: str | None
    next: str

    @property
    def moves(self) -> bool:
        """Whether the stage becomes another one."""
        return self.next != (self.prior or "")


@dataclass(frozen=True, slots=True)
class Given:
    """Reason and comment before and after; of a new record only what is after counts."""

    prior_reason: str = ""
    reason: str = ""
    prior_comment: str = ""
    comment: str = ""


# Whether a save of an object with an edge is legal, by what was given
Judge = Callable[[str, Edge], Callable[[Given], bool]]


@dataclass(frozen=True, slots=True)
class CounterExample:
    """A case in which Salesforce and the lifecycle disagree: *refused* by these rules, or by none."""

    object: str
    edge: Edge
    given: Given
    refused: tuple[str, ...]

    def __str__(self) -> str:
        edge, given = self.edge, self.given
        before = "a new record" if edge.prior is None else edge.prior or "no stage"
        said = f"{self.object}: {edge.who}, {before} → {edge.next or 'no stage'}"
        if given != Given():
            said += (
                f" (reason {given.prior_reason or 'none'} → {given.reason or 'none'},"
                f" comment {given.prior_comment or 'none'} → {given.comment or 'none'})"
            )
        if self.refused:
            return f"{said} is legal, and refused by {', '.join(self.refused)}"
        return f"{said} is illegal, and no rule refuses it"


@dataclass(frozen=True, slots=True)
class Proof:
    """How many cases were tried, how many of them are forbidden, and every one in which the two disagree."""

    cases: int
    forbidden: int
    wrong: tuple[CounterExample, ...]


def prove(
    lifecycle: Lifecycle,
    files: Mapping[str, bytes],
    givens: Sequence[Given] | None = None,
    judge: Judge | None = None,
) -> Proof:
    """Try every case against the rules of every person's object in *files* (the deploy's rendering).

    With *givens* only these are tried with every edge: quicker, and enough for the edges alone. The state machine
    judges, unless there is another *judge*. Raises `FormulaError` where a rule cannot be worked out at all.
    """
    judge = judge or partial(_judge, lifecycle)
    cases, forbidden, wrong = 0, 0, list[CounterExample]()
    for name, rules in _objects(files):
        for edge, said in _cases(lifecycle, givens):
            context = Context(
                is_new=edge.prior is None, permissions=frozenset({PERMISSION} if edge.who == "bridge" else ())
            )
            plain = _refusing(rules, edge, Given(), context, given=False)
            judged = judge(name, edge)
            for given in said:
                refused = (*plain, *_refusing(rules, edge, given, context, given=True))
                legal = judged(given)
                cases, forbidden = cases + 1, forbidden + (not legal)
                if legal == bool(refused):
                    wrong.append(CounterExample(name, edge, given, refused))
    return Proof(cases, forbidden, tuple(wrong))


def is_legal(lifecycle: Lifecycle, object_: str, edge: Edge, given: Given = Given()) -> bool:
    """What the state machine says: a seller needs a move, and what the move needs.

    Where there are to be no rules, all is legal. The bridge is judged by its own machine. A Contact that had no stage may come of a conversion, and be what the
    Lead was, whoever made that: legal for everybody. So is every save of a Contact that leaves its stage alone.
    """
    return _judge(lifecycle, object_, edge)(given)


def _judge(lifecycle: Lifecycle, object_: str, edge: Edge) -> Callable[[Given], bool]:
    may_be_converted = object_ == "Contact" and not (edge.prior and edge.moves)
    is_free = edge.who == "bridge" or lifecycle.installing.rules == "none"
    if is_free or may_be_converted:
        return lambda _given: True
    if not edge.moves:
        return lambda given: _kept(lifecycle, edge.next, given)
    move = lifecycle.move(edge.prior or START, edge.next, "seller") if edge.next else None
    return lambda given: move is not None and _gave(lifecycle, move, given)


def _gave(lifecycle: Lifecycle, move: Move, given: Given) -> bool:
    """What the table of moves requires: a reason, with the comment that it asks for; a comment."""
    if "reason" in move.needs and not (given.reason and (given.comment or not _asks(lifecycle, given))):
        return False
    return bool(given.comment) or "comment" not in move.needs


def _kept(lifecycle: Lifecycle, stage: str, given: Given) -> bool:
    """While the stage stays, nothing is taken away without which no seller could have entered it; else all is free."""
    into = [move.needs for move in lifecycle.moves if move.to == stage and "seller" in move.who]
    always = frozenset[str].intersection(*into) if into else frozenset[str]()
    if "comment" in always and given.prior_comment and not given.comment:
        return False
    if "reason" not in always:
        return True
    if not given.reason:
        return not given.prior_reason
    touched = given.reason != given.prior_reason or given.prior_comment != given.comment
    return bool(given.comment) or not touched or not _asks(lifecycle, given)


def _asks(lifecycle: Lifecycle, given: Given) -> bool:
    reason = lifecycle.reason(given.reason)
    return reason is not None and reason.comment


def _cases(lifecycle: Lifecycle, givens: Sequence[Given] | None) -> Iterator[tuple[Edge, Sequence[Given]]]:
    stages = ("", *lifecycle.stages, *lifecycle.installing.retired)
    whose: tuple[Who, ...] = ("seller", "bridge")
    new, old = (_first(lifecycle), _changed(lifecycle)) if givens is None else (givens, givens)
    for who in whose:
        yield from ((Edge(who, None, stage), new) for stage in stages)
        yield from ((Edge(who, prior, stage), old) for prior, stage in product(stages, repeat=2))


def _first(lifecycle: Lifecycle) -> list[Given]:
    said = product(("", *lifecycle.reasons), ("", "said"))
    return [Given("", reason, "", comment) for reason, comment in said]


def _changed(lifecycle: Lifecycle) -> list[Given]:
    """Each reason given, kept and taken away, with every change of the comment."""
    reasons = [("", "")]
    for one in lifecycle.reasons:
        reasons += [("", one), (one, one), (one, "")]
    comments = list(product(("", "said"), repeat=2))
    return [Given(*reason, *comment) for reason in reasons for comment in comments]


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    formula: Formula
    reads_given: bool


def _objects(files: Mapping[str, bytes]) -> Iterator[tuple[str, list[_Rule]]]:
    """The objects that have a stage, with their active rules."""
    for path, body in files.items():
        if not path.startswith("objects/"):
            continue
        root = etree.fromstring(body)
        types = {
            one.findtext(f"{_NS}fullName"): _TYPES.get(one.findtext(f"{_NS}type"))
            for one in root.iter(f"{_NS}fields")
        }
        if STAGE in types:
            yield (
                PurePosixPath(path).stem,
                [
                    _compiled(
                        one.findtext(f"{_NS}fullName"), one.findtext(f"{_NS}errorConditionFormula"), types
                    )
                    for one in root.iter(f"{_NS}validationRules")
                    if one.findtext(f"{_NS}active") == "true"
                ],
            )


def _compiled(name: str, text: str, types: Mapping[str, Type | None]) -> _Rule:
    try:
        formula = compile_formula(text, types.get, returns="boolean")
    except FormulaError as error:
        raise FormulaError(f"{name}: {error.says}", error.at) from None
    return _Rule(name, formula, not {REASON, COMMENT}.isdisjoint(formula.fields))


def _refusing(
    rules: list[_Rule], edge: Edge, said: Given, context: Context, *, given: bool
) -> tuple[str, ...]:
    """The names of the rules that are true; of those that read reason or comment where *given*, else of the others."""
    record = {STAGE: edge.next, REASON: said.reason, COMMENT: said.comment}
    prior = None
    if edge.prior is not None:
        prior = {STAGE: edge.prior, REASON: said.prior_reason, COMMENT: said.prior_comment}
    return tuple(
        rule.name for rule in rules
        if rule.reads_given is given and rule.formula.evaluate(record, prior, context)
    )  # fmt: skip

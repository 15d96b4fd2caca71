"""Do the rules that would be installed say the same as the lifecycle? Every case is tried.

The text of the rules is taken out of the generated XML and worked out, as Salesforce does it, for every stage
before × stage after × who saves × new or not × reason and comment before and after; the state machine says
independently whether a person may do that. Where the two differ there is a counter-example.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import PurePosixPath
from typing import Final, Literal

from lxml import etree

from mappings.lifecycle.machine import START, Lifecycle, Move
from plugin.formula import Context, Formula, FormulaError, Type, compile_formula

STAGE: Final = "Leadbridge_Stage__c"
REASON: Final = "Leadbridge_Reason__c"
COMMENT: Final = "Leadbridge_Sales_Comment__c"
CHANGED_AT: Final = "Leadbridge_Stage_Changed_At__c"
PERMISSION: Final = "Leadbridge_Sync"
Who = Literal["seller", "bridge"]
_SINCE: Final = "2026-11-23T09:00:00.000+0000"
_TYPES: Final[Mapping[str, Type]] = {
    "Picklist": "picklist", "Text": "text", "LongTextArea": "text", "Url": "text", "Number": "number",
    "Checkbox": "boolean", "DateTime": "datetime", "Date": "date",
}  # fmt: skip
_NS: Final = "{http://soap.sforce.com/2006/04/metadata}"


@dataclass(frozen=True, slots=True)
class Edge:
    """Somebody saves a record that had the stage *prior* (None: it is new) with the stage *next* ("": none).

    *arrives*: a Contact that gets the stage with the moment since which it stands, as it does out of a conversion.
    """

    who: Who
    prior: str | None
    next: str
    arrives: bool = False

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
        said += " out of a conversion" if edge.arrives else ""
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


def prove(lifecycle: Lifecycle, files: Mapping[str, bytes], givens: Sequence[Given] | None = None) -> Proof:
    """Try every case against the rules of every person's object in *files* (the deploy's rendering).

    With *givens* only these are tried with every edge: quicker, and enough for the edges alone. Raises
    `FormulaError` where a rule cannot be worked out at all.
    """
    cases, forbidden, wrong = 0, 0, list[CounterExample]()
    for names, rules in _alike(files):
        for edge, said in _cases(lifecycle, givens, converts="Contact" in names):
            context = Context(
                is_new=edge.prior is None, permissions=frozenset({PERMISSION} if edge.who == "bridge" else ())
            )
            plain = _refusing(rules, edge, Given(), context, given=False)
            judged = _judge(lifecycle, edge)
            for given in said:
                refused = (*plain, *_refusing(rules, edge, given, context, given=True))
                legal = judged(given)
                cases, forbidden = cases + len(names), forbidden + len(names) * (not legal)
                if legal == bool(refused):
                    wrong += (CounterExample(name, edge, given, refused) for name in names)
    return Proof(cases, forbidden, tuple(wrong))


def is_legal(lifecycle: Lifecycle, edge: Edge, given: Given = Given()) -> bool:
    """What the state machine says: a seller needs a move, and what the move needs.

    The bridge is judged by its own machine, and who comes out of a conversion was judged as a Lead.
    """
    return _judge(lifecycle, edge)(given)


def _judge(lifecycle: Lifecycle, edge: Edge) -> Callable[[Given], bool]:
    if edge.who == "bridge" or (edge.arrives and not edge.prior):
        return lambda _given: True
    move = lifecycle.move(edge.prior or START, edge.next, "seller") if edge.next else None
    if edge.moves and move is None:
        return lambda _given: False
    return lambda given: (
        _gave_reason(lifecycle, edge, given, move) and _gave_comment(lifecycle, edge, given, move)
    )


def _gave_reason(lifecycle: Lifecycle, edge: Edge, given: Given, move: Move | None) -> bool:
    if given.reason:
        return True
    if edge.moves:
        return move is None or "reason" not in move.needs
    return not (given.prior_reason and _always_needs(lifecycle, edge.next, "reason"))


def _gave_comment(lifecycle: Lifecycle, edge: Edge, given: Given, move: Move | None) -> bool:
    if given.comment:
        return True
    reason = lifecycle.reason(given.reason)
    if reason is not None and reason.comment:
        touched = edge.prior is None or given.reason != given.prior_reason or bool(given.prior_comment)
        if touched or (edge.moves and move is not None and "reason" in move.needs):
            return False
    if edge.moves:
        return move is None or "comment" not in move.needs
    return not (given.prior_comment and _always_needs(lifecycle, edge.next, "comment"))


def _always_needs(lifecycle: Lifecycle, stage: str, what: str) -> bool:
    """Whether no seller enters *stage* without it: then it cannot be taken away there either."""
    into = [move for move in lifecycle.moves if move.to == stage and "seller" in move.who]
    return bool(into) and all(what in move.needs for move in into)


def _cases(
    lifecycle: Lifecycle, givens: Sequence[Given] | None, *, converts: bool
) -> Iterator[tuple[Edge, Sequence[Given]]]:
    stages = ("", *lifecycle.stages, *lifecycle.installing.retired)
    whose: tuple[Who, ...] = ("seller", "bridge")
    new, old = (_first(lifecycle), _changed(lifecycle)) if givens is None else (givens, givens)
    for who, arrives in product(whose, (False, True) if converts else (False,)):
        yield from ((Edge(who, None, stage, arrives), new) for stage in stages)
        # What is taken away again is tried apart from conversions, which only fill blanks.
        tried = new if arrives else old
        yield from ((Edge(who, prior, stage, arrives), tried) for prior, stage in product(stages, repeat=2))


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


def _alike(files: Mapping[str, bytes]) -> Iterator[tuple[list[str], list[_Rule]]]:
    """The objects that have a stage, by their active rules: those with the same rules are worked out once."""
    found: dict[tuple[tuple[str, str], ...], list[str]] = {}
    known: dict[str, Type | None] = {}
    for path, body in files.items():
        if not path.startswith("objects/"):
            continue
        root = etree.fromstring(body)
        types = {
            one.findtext(f"{_NS}fullName"): _TYPES.get(one.findtext(f"{_NS}type"))
            for one in root.iter(f"{_NS}fields")
        }
        if STAGE in types:
            known |= types
            rules = (
                one for one in root.iter(f"{_NS}validationRules") if one.findtext(f"{_NS}active") == "true"
            )
            texts = tuple(
                (one.findtext(f"{_NS}fullName"), one.findtext(f"{_NS}errorConditionFormula")) for one in rules
            )
            found.setdefault(texts, []).append(PurePosixPath(path).stem)
    for texts, names in found.items():
        yield names, [_compiled(name, text, known) for name, text in texts]


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
    record = {
        STAGE: edge.next,
        REASON: said.reason,
        COMMENT: said.comment,
        CHANGED_AT: _SINCE if edge.arrives else None,
    }
    prior = None
    if edge.prior is not None:
        prior = {STAGE: edge.prior, REASON: said.prior_reason, COMMENT: said.prior_comment, CHANGED_AT: None}
    return tuple(
        rule.name for rule in rules
        if rule.reads_given is given and rule.formula.evaluate(record, prior, context)
    )  # fmt: skip

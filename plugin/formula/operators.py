"""What the signs between two values mean, and which values they may stand between.

Ordering blanks is false; equality takes a blank as a value of its own [M].
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Context as Arithmetic
from decimal import Decimal, DecimalException
from operator import ge, gt, le, lt
from typing import Any

from plugin.formula.errors import FormulaError
from plugin.formula.parts import SHOWN, Part, Run, Type

EXACT = Arithmetic(prec=34, Emin=-99, Emax=99)
_DAY = Decimal(86_400)
_ORDERS: dict[str, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}
_NUMBERS: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": EXACT.add, "-": EXACT.subtract, "*": EXACT.multiply, "/": EXACT.divide, "^": EXACT.power,
}  # fmt: skip
_OPEN = ("any", "null")


def joined(sign: str, at: int, left: Part, right: Part) -> Part:
    """Both sides of a sign as one part; raises `FormulaError` where they do not go together."""
    for side in (left, right):
        bare(side)
    if sign in _ORDERS:
        return _ordered(sign, at, left, right)
    if sign in ("=", "=="):
        return _equal(sign, at, left, right, wanted=True)
    if sign in ("<>", "!="):
        return _equal(sign, at, left, right, wanted=False)
    if sign == "&":
        return concatenated(sign, at, left, right)
    if sign in "+-" and (moved := _moved(sign, at, left, right)) is not None:
        return moved
    return _reckoned(sign, at, left, right)


def bare(part: Part) -> None:
    """Raise `FormulaError` where a picklist stands for a text: only some functions read it.

    https://help.salesforce.com/s/articleView?id=platform.tips_for_using_picklist_formula_fields.htm
    """
    if part.type in ("picklist", "choices"):
        kind = "picklist" if part.type == "picklist" else "multi-select picklist"
        says = f"Field {part.field or 'here'} is a {kind} field. {kind.capitalize()} fields are only supported in certain functions"
        raise FormulaError(says, part.at)


def mistyped(what: str, at: int, expected: str, received: Type) -> FormulaError:
    """Salesforce's sentence for a value of the wrong type."""
    return FormulaError(
        f"Incorrect parameter type for {what}. Expected {expected}, received {SHOWN[received]}", at
    )


def same(left: Any, right: Any) -> bool:
    """Whether two values are equal; text minds capitals, blank text is blank."""
    if left is None and right == "":
        return True
    if right is None and left == "":
        return True
    return bool(left == right)


def common(parts: tuple[Part, ...]) -> Type | None:
    """The one type of all parts, None when they differ."""
    known = {part.type for part in parts if part.type not in _OPEN}
    if len(known) > 1:
        return None
    return known.pop() if known else "any"


def agreed(what: str, parts: tuple[Part, ...]) -> Type:
    """The one type of all parts; raises `FormulaError` at the first that is of another."""
    found: Type = "any"
    for part in parts:
        if found == "any" and part.type not in _OPEN:
            found = part.type
        elif part.type not in (found, *_OPEN):
            raise mistyped(what, part.at, SHOWN[found], part.type)
    return found


def _equal(sign: str, at: int, left: Part, right: Part, *, wanted: bool) -> Part:
    if common((left, right)) is None:
        raise mistyped(f"operator '{sign}'", at, SHOWN[left.type], right.type)
    one, other = left.run, right.run
    return Part("boolean", lambda frame: same(one(frame), other(frame)) is wanted, left.at)


def _ordered(sign: str, at: int, left: Part, right: Part) -> Part:
    kind = common((left, right))
    if kind not in ("number", "date", "datetime", "any"):
        wrong = right if left.type in ("number", "date", "datetime") else left
        expected = SHOWN[left.type] if wrong is right else "Number, Date, DateTime"
        raise mistyped(f"operator '{sign}'", at, expected, wrong.type)
    one, other, order = left.run, right.run, _ORDERS[sign]

    def run(frame: Any) -> bool:
        a, b = one(frame), other(frame)
        if a is None or b is None:
            return False
        try:
            return order(a, b)
        except TypeError:
            raise FormulaError(f"operator '{sign}' cannot compare these values", at) from None

    return Part("boolean", run, left.at)


def concatenated(sign: str, at: int, left: Part, right: Part) -> Part:
    """Two texts in one; a number must go through TEXT first."""
    for side in (left, right):
        if side.type not in ("text", *_OPEN):
            raise mistyped(f"operator '{sign}'", at, "Text", side.type)
    one, other = left.run, right.run

    def run(frame: Any) -> str:
        a, b = one(frame) or "", other(frame) or ""
        if isinstance(a, str) and isinstance(b, str):
            return a + b
        raise FormulaError(f"operator '{sign}' joins texts only; use TEXT() for anything else", at)

    return Part("text", run, left.at)


def _moved(sign: str, at: int, left: Part, right: Part) -> Part | None:
    """Days and moments under + and -, and text under +; None when these are numbers."""
    kinds = (left.type, right.type)
    if sign == "+" and kinds == ("text", "text"):
        return concatenated(sign, at, left, right)
    if sign == "-" and kinds in (("date", "date"), ("datetime", "datetime")):
        return Part("number", _both(left, right, _apart, at), left.at)
    if left.type in ("date", "datetime") and right.type in ("number", *_OPEN):
        way = 1 if sign == "+" else -1
        return Part(
            left.type, _both(left, right, lambda moment, days: _shift(moment, days * way), at), left.at
        )
    if sign == "+" and right.type in ("date", "datetime") and left.type in ("number", *_OPEN):
        return Part(right.type, _both(left, right, lambda days, moment: _shift(moment, days), at), left.at)
    return None


def _reckoned(sign: str, at: int, left: Part, right: Part) -> Part:
    for side in (left, right):
        if side.type not in ("number", *_OPEN):
            expected = "Number, Date, DateTime" if sign in "+-" and side is left else "Number"
            raise mistyped(f"operator '{sign}'", at, expected, side.type)
    return Part("number", _both(left, right, _NUMBERS[sign], at), left.at)


def _both(left: Part, right: Part, reckon: Callable[[Any, Any], Any], at: int) -> Run:
    """Blank in, blank out."""
    one, other = left.run, right.run

    def run(frame: Any) -> Any:
        a, b = one(frame), other(frame)
        if a in (None, "") or b in (None, ""):
            return None
        try:
            return reckon(a, b)
        except (DecimalException, ArithmeticError):
            raise FormulaError(
                "This number cannot be worked out (division by zero, or too large)", at
            ) from None
        except (TypeError, ValueError):
            raise FormulaError("These two values do not go together", at) from None

    return run


def _apart(one: date, other: date) -> Decimal:
    gap = one - other
    return Decimal(gap.days) + EXACT.divide(Decimal(gap.seconds), _DAY)


def _shift(moment: date, days: Decimal) -> date:
    if isinstance(moment, datetime):
        return moment + timedelta(seconds=int(days * _DAY))
    return moment + timedelta(days=int(days))

"""A formula's tree, checked against the fields there are, becomes a function of a record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from plugin.formula.conditions import all_of, any_of, none_of
from plugin.formula.errors import FormulaError
from plugin.formula.forms import SPECIAL
from plugin.formula.frame import TEXTS, Context, Frame, given
from plugin.formula.grammar import Call, Chain, Literal, Name, Node, Unary, parse
from plugin.formula.operators import bare, joined, mistyped
from plugin.formula.parts import SHOWN, Part, Run, Type
from plugin.formula.plain import PLAIN, Plain, Unworkable

TypeOf = Callable[[str], Type | None]
_NOBODY = Context()
_UNKNOWN = "Field {name} does not exist. Check spelling"


@dataclass(frozen=True, slots=True)
class Formula:
    """A checked formula: *fields* it reads (parents as ``Owner.Name``), custom *permissions* it asks for."""

    text: str
    type: Type
    fields: tuple[str, ...]
    permissions: tuple[str, ...]
    _run: Run

    def evaluate(
        self,
        record: Mapping[str, Any],
        prior: Mapping[str, Any] | None = None,
        context: Context = _NOBODY,
    ) -> Any:
        """The value for *record*, with *prior* as it was before; raises `FormulaError` where there is none.

        Text comes as str, numbers as Decimal, dates and times as such; blank is None, or "" where it is text.
        """
        try:
            return self._run(Frame(record, prior, context))
        except FormulaError:
            raise
        except (ArithmeticError, AttributeError, TypeError, ValueError):
            # Only where no list of fields was given: a value of a type that the formula does not expect.
            raise FormulaError("The formula cannot work with these values", 0) from None


def compile_formula(text: str, fields: TypeOf | None = None, *, returns: Type | None = None) -> Formula:
    """Check *text* and make it ready; raises `FormulaError` with the place and a sentence.

    *fields* tells the type of a field, None for one that is not there; without it every name is
    taken and types are found out as values come. *returns* is the type that the formula must have.
    """
    compiler = _Compiler(fields)
    part = compiler.part(parse(text))
    if returns is not None and part.type not in (returns, "any", "null"):
        wanted = "true or false" if returns == "boolean" else SHOWN[returns]
        says = f"Formula result is data type ({SHOWN[part.type]}), incompatible with expected data type ({wanted})"
        raise FormulaError(says, 0)
    return Formula(text, part.type, tuple(compiler.fields), tuple(compiler.permissions), part.run)


class _Compiler:
    def __init__(self, fields: TypeOf | None) -> None:
        self._type_of = fields
        # Dicts keep the order of first use.
        self.fields: dict[str, None] = {}
        self.permissions: dict[str, None] = {}

    def part(self, node: Node) -> Part:
        match node:
            case Literal(value, at):
                return _literal(value, at)
            case Name(text, at):
                return self._global(text, at) if text.startswith("$") else self._field(text, at)
            case Call(name, arguments, at):
                return _called(name, at, tuple(self.part(one) for one in arguments))
            case Unary(sign, of, at):
                return _signed(sign, at, self.part(of))
            case Chain(first, rest):
                return self._chain(first, rest)

    def _chain(self, first: Node, rest: tuple[tuple[str, int, Node], ...]) -> Part:
        """Conditions side by side are one part, however many; other signs go from left to right."""
        left = self.part(first)
        sign, at, _ = rest[0]
        if sign in ("&&", "||"):
            parts = (left, *(self.part(node) for _, _, node in rest))
            return (all_of if sign == "&&" else any_of)(f"operator '{sign}'", at, parts)
        for one, where, node in rest:
            left = joined(one, where, left, self.part(node))
        return left

    def _field(self, name: str, at: int) -> Part:
        type_: Type | None = "any" if self._type_of is None else self._type_of(name)
        if type_ is None:
            raise FormulaError(_UNKNOWN.format(name=name), at)
        self.fields.setdefault(name)
        return Part(type_, _reader(name, type_), at, field=name)

    def _global(self, name: str, at: int) -> Part:
        room, _, rest = name.partition(".")
        match room.lower():
            case "$permission" if rest and "." not in rest:
                self.permissions.setdefault(rest)
                return Part("boolean", lambda frame: rest in frame.context.permissions, at, field=name)
            case "$user" if rest:
                return Part(*_about("user", rest), at, field=name)
            case "$profile" if rest:
                return Part(*_about("profile", rest), at, field=name)
        raise FormulaError(f"{name} cannot be used here: only $Permission, $User and $Profile are known", at)


def _literal(value: Any, at: int) -> Part:
    type_: Type = "number"
    if value is None:
        type_ = "null"
    elif isinstance(value, bool):
        type_ = "boolean"
    elif isinstance(value, str):
        type_ = "text"
    return Part(type_, lambda _frame: value, at, literal=value)


def _reader(name: str, type_: Type) -> Run:
    if type_ in TEXTS:
        return lambda frame: frame.record.get(name) or ""
    return lambda frame: given(type_, frame.record.get(name))


def _about(room: str, field: str) -> tuple[Type, Run]:
    """Of the user and the profile everything is text, but for what is a checkbox (``$User.IsActive``)."""
    if field.startswith(("Is", "UserPermissions")):
        return "boolean", lambda frame: bool(getattr(frame.context, room).get(field))
    return "text", lambda frame: getattr(frame.context, room).get(field) or ""


def _signed(sign: str, at: int, part: Part) -> Part:
    if sign == "!":
        return none_of("operator '!'", at, (part,))
    bare(part)
    if part.type not in ("number", "any", "null"):
        raise mistyped(f"operator '{sign}'", at, "Number", part.type)
    if sign == "+":
        return part._replace(at=at, field="")
    run = part.run
    return Part("number", lambda frame: None if (value := run(frame)) is None else -value, at)


def _called(name: str, at: int, parts: tuple[Part, ...]) -> Part:
    special, plain = SPECIAL.get(name), PLAIN.get(name)
    if special is not None:
        _counted(name, at, len(parts), special.least, special.most)
        return special.build(f"function '{name}()'", at, parts)
    if plain is None:
        raise FormulaError(f"Unknown function {name}. Check spelling", at)
    _counted(name, at, len(parts), len(plain.takes) - plain.optional, len(plain.takes))
    return _plain(name, at, plain, parts)


def _counted(name: str, at: int, count: int, least: int, most: int) -> None:
    if not least <= count <= most:
        expected = str(least) if least == most or count < least else str(most)
        says = (
            f"Incorrect number of parameters for function '{name}()'. Expected {expected}, received {count}"
        )
        raise FormulaError(says, at)


def _plain(name: str, at: int, plain: Plain, parts: tuple[Part, ...]) -> Part:
    for wanted, part in zip(plain.takes, parts, strict=False):
        bare(part)
        if part.type not in (wanted, "any", "null"):
            raise mistyped(f"function '{name}()'", part.at, SHOWN[wanted], part.type)
    runs = tuple((part.run, wanted == "text") for wanted, part in zip(plain.takes, parts, strict=False))
    work, blank = plain.work, "" if plain.gives == "text" else None

    def run(frame: Frame) -> Any:
        values = []
        for one, is_text in runs:
            value = one(frame)
            if value is None:
                if not is_text:
                    return blank
                value = ""
            values.append(value)
        try:
            return work(*values)
        except Unworkable as why:
            raise FormulaError(str(why), at) from None
        except (ArithmeticError, AttributeError, TypeError, ValueError):
            raise FormulaError(f"function '{name}()' cannot work with these values", at) from None

    return Part(plain.gives, run, at)

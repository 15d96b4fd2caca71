"""Turn the text of one config file into its document, or into mistakes a person can mend.

Every mistake names file, line and remedy; an unknown word is answered with the
nearest right one. Documents are frozen pydantic shapes that know their lines.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, PrivateAttr, RootModel, ValidationError
from pydantic.fields import FieldInfo

from mappings.documents.tree import Mistake, Node, read_tree

__all__ = ["Mistake", "Shape", "nearest", "parse"]

Path = tuple[str | int, ...]


class Shape(BaseModel):
    """A document or a part of one: strict, no unknown keys, frozen, and it knows where it stands."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)

    _node: Node = PrivateAttr(default_factory=lambda: Node({}, 1, {}))
    _file: str = PrivateAttr(default="")

    def stand(self, node: Node, file: str) -> None:
        """Remember where in which file this part stands."""
        self._node, self._file = node, file

    def line_of(self, *path: str | int) -> int:
        """The line of the key at *path* below this part of the document."""
        return self._node.at(*path).line

    def mistake(self, text: str, remedy: str, *path: str | int) -> Mistake:
        """A mistake at *path* below this part of the document."""
        return Mistake(self._file, self.line_of(*path), text, remedy)


S = TypeVar("S", bound=Shape)


def parse(shape: type[S], text: str, file: str) -> tuple[S | None, list[Mistake]]:
    """The document in *text*, or all mistakes that its shape can see."""
    tree = read_tree(text, file)
    if isinstance(tree, Mistake):
        return None, [tree]
    if not isinstance(tree.value, dict):
        return None, [
            Mistake(file, tree.line, "This file must hold `key: value` lines.", "See the shipped file.")
        ]
    try:
        document = shape.model_validate_json(json.dumps(tree.value))
    except ValidationError as error:
        return None, _mistakes(shape, error, tree, file)
    except RecursionError:
        return None, [Mistake(file, tree.line, "This file is nested too deeply.", "Write it flatter.")]
    _place(document, tree, file)
    return document, []


def nearest(word: str, right: Iterable[str]) -> str | None:
    """The right word most like *word*, if any is."""
    right = list(right)
    folded = {candidate.casefold(): candidate for candidate in right}
    close = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.5)
    return folded[close[0]] if close else None


def suggestion(word: str, right: Sequence[str]) -> str:
    """One sentence that leads from *word* to a right one."""
    close = nearest(word, right)
    if close:
        return f"Did you mean `{close}`?"
    if not right:
        return "There is none to choose from."
    return "Use one of: " + ", ".join(f"`{candidate}`" for candidate in sorted(right)[:20]) + "."


def _place(part: Any, node: Node, file: str) -> None:
    if isinstance(part, Shape):
        part.stand(node, file)
        for name, field in type(part).model_fields.items():
            key = field.alias if field.alias in node.children else name
            if key in node.children:
                _place(getattr(part, name), node.children[key], file)
    elif isinstance(part, RootModel):
        _place(part.root, node, file)
    elif isinstance(part, Mapping):
        for key, value in part.items():
            _place(value, node.at(key), file)
    elif isinstance(part, list | tuple):
        for place, value in enumerate(part):
            _place(value, node.at(place), file)


def _mistakes(shape: type[BaseModel], error: ValidationError, tree: Node, file: str) -> list[Mistake]:
    found: dict[Path, dict[str, Any]] = {}
    for fault in error.errors(include_url=False):
        path = _real_path(tuple(fault["loc"]), tree, fault["type"])
        if path not in found or _worth(fault["type"]) > _worth(found[path]["type"]):
            found[path] = dict(fault)
    strangers = {path[:-1] for path, fault in found.items() if fault["type"] == "extra_forbidden"}
    return [
        Mistake(file, tree.at(*path).line, *_sentence(shape, path, fault, tree))
        for path, fault in found.items()
        if not (fault["type"] == "missing" and path[:-1] in strangers)
        and not any(len(other) > len(path) and other[: len(path)] == path for other in found)
    ]


def _worth(kind: str) -> int:
    """In a union each member complains; the one that names the right words explains most."""
    order = ("literal_error", "value_error", "extra_forbidden")
    return len(order) - order.index(kind) if kind in order else 0


def _real_path(loc: Path, tree: Node, kind: str) -> Path:
    """*loc* without the names of union members, which stand in no file."""
    node, path = tree, []
    for place, part in enumerate(loc):
        if part in node.children:
            node = node.children[part]
            path.append(part)
        elif kind == "missing" and place == len(loc) - 1:
            path.append(part)
    return tuple(path)


def _sentence(shape: type[BaseModel], path: Path, fault: Mapping[str, Any], tree: Node) -> tuple[str, str]:
    name, place = _name_of(path, tree)
    kind, given = fault["type"], fault.get("input")
    if kind == "extra_forbidden":
        return f"`{name}` is not a key here.", suggestion(name, _keys(shape, path[:-1]))
    named = max((place for place, part in enumerate(path) if isinstance(part, str)), default=-1)
    hint = _hint(_field(shape, path[: named + 1]), str(path[named]) if path else name)
    if kind == "missing":
        return f"`{name}` is missing{f' in {place}' if place else ''}.", hint
    if kind in ("literal_error", "enum"):
        words = re.findall(r"'([^']*)'", str(fault["ctx"]["expected"]))
        return f"`{given}` is not a word that `{name}` knows.", suggestion(str(given), words) if len(
            words
        ) > 1 or nearest(str(given), words) else hint
    if kind == "value_error":
        return f"`{name}`: {fault['ctx']['error']}.", hint
    return f"`{name}` {_WORDS.get(kind, 'is wrong: ' + str(fault['msg']))}.", hint


def _name_of(path: Path, tree: Node) -> tuple[str, str]:
    """What is wrong, by its key or as a member of its list (`moves[3]`), and which member of a list it stands in, if any."""
    if not path:
        return "this file", ""
    places = [place for place, part in enumerate(path) if isinstance(part, int)]
    if not places:
        return str(path[-1]), ""
    last = places[-1]
    member = f"{path[last - 1]}[{path[last]}]" if last else str(path[last])
    if last == len(path) - 1:
        return member, ""
    return str(path[-1]), f"{member}{_described(tree.at(*path[: last + 1]).value)}"


def _described(member: Any) -> str:
    """A member of a list by what it says of itself: ` (working → recycled)`."""
    if not isinstance(member, dict):
        return ""
    said = (
        [member.get("from"), member.get("to")] if "from" in member else [member.get(key) for key in _TELLING]
    )
    words = [
        ", ".join(map(str, one)) if isinstance(one, list) else str(one) for one in said if one is not None
    ]
    return f" ({' → '.join(words[:2] if 'from' in member else words[:1])})" if words else ""


# What tells members of a list apart, where they have no `from`.
_TELLING = ("hubspot", "to", "status", "at", "version", "within", "give_to")
_WORDS = {
    "string_type": "must be text (put it in quotes)",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "frozen_set_type": "must be a list",
    "string_pattern_mismatch": "is not spelled as it must be",
    "too_short": "must not be empty",
    "string_too_short": "must not be empty",
    "dict_type": "must be `key: value` pairs",
    "model_type": "must be `key: value` pairs",
    "model_attributes_type": "must be `key: value` pairs",
}


def _hint(field: FieldInfo | None, name: str) -> str:
    if field is None:
        return "See the shipped file."
    example = f" Example: `{name}: {_shown(field.examples[0])}`." if field.examples else ""
    return f"It means: {(field.description or name).rstrip('.')}.{example}"


def _shown(example: Any) -> str:
    return example if isinstance(example, str) else json.dumps(example, ensure_ascii=False)


def _keys(shape: type[BaseModel], path: Path) -> list[str]:
    models = [model for model in _annotations(shape, path) if _is_model(model)]
    return [field.alias or name for model in models for name, field in model.model_fields.items()]


def _field(shape: type[BaseModel], path: Path) -> FieldInfo | None:
    if not path:
        return None
    for model in _annotations(shape, path[:-1]):
        if _is_model(model) and (field := _named(model, path[-1])):
            return field
    return None


def _annotations(shape: type[BaseModel], path: Path) -> list[Any]:
    """What may stand at *path*, unions taken apart."""
    here = _apart(shape)
    for part in path:
        here = [
            member for annotation in here for below in _below(annotation, part) for member in _apart(below)
        ]
    return here


def _below(annotation: Any, part: str | int) -> list[Any]:
    if _is_model(annotation):
        field = _named(annotation, part)
        return [field.annotation] if field else []
    arguments = [argument for argument in get_args(annotation) if argument is not Ellipsis]
    return arguments[-1:]


def _apart(annotation: Any) -> list[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _apart(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return [member for argument in get_args(annotation) for member in _apart(argument)]
    if _is_model(annotation) and issubclass(annotation, RootModel):
        return _apart(annotation.model_fields["root"].annotation)
    return [annotation]


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _named(model: type[BaseModel], key: str | int) -> FieldInfo | None:
    for name, field in model.model_fields.items():
        if key in (field.alias, name):
            return field
    return None

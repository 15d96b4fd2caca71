"""Patterns of REGEX(), matched as a whole in time linear in the text: no pattern can make a save hang.

The parts of Java's patterns that a set of states can follow: literals, ``.``, classes, groups,
``|``, ``* + ? {m,n}``, ``^`` and ``$`` at the ends. Look-around and back-references are refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

Test = Callable[[str], bool]
_MOST_STATES = 2000
_LONGEST = 500
_DEEPEST = 30


class _Piece(NamedTuple):
    """Part of a pattern, made into states between two of them when it is placed."""

    place: Callable[[Pattern, int], int]


class Pattern:
    """A compiled pattern; raises ValueError with a sentence when it cannot be followed."""

    def __init__(self, text: str) -> None:
        if len(text) > _LONGEST:
            raise ValueError(f"it has more than {_LONGEST} characters")
        self._free: list[list[int]] = []
        self._steps: list[tuple[Test, int] | None] = []
        piece = _Reader(text).whole()
        self._start = self.state()
        self._end = piece.place(self, self._start)

    def matches(self, text: str) -> bool:
        """Whether all of *text* matches."""
        now = self._closed({self._start})
        for character in text:
            after = set()
            for state in now:
                step = self._steps[state]
                if step is not None and step[0](character):
                    after.add(step[1])
            if not after:
                return False
            now = self._closed(after)
        return self._end in now

    def state(self) -> int:
        """A new state."""
        if len(self._free) >= _MOST_STATES:
            raise ValueError("it repeats too much")
        self._free.append([])
        self._steps.append(None)
        return len(self._free) - 1

    def free(self, state: int, to: int) -> None:
        """Let *state* become *to* without reading a character."""
        self._free[state].append(to)

    def step(self, state: int, test: Test) -> int:
        """A new state, reached from *state* by a character that passes *test*."""
        begin, end = self.state(), self.state()
        self.free(state, begin)
        self._steps[begin] = (test, end)
        return end

    def _closed(self, states: set[int]) -> set[int]:
        found, waiting = set(states), list(states)
        while waiting:
            for to in self._free[waiting.pop()]:
                if to not in found:
                    found.add(to)
                    waiting.append(to)
        return found


def _one(test: Test) -> _Piece:
    return _Piece(lambda pattern, state: pattern.step(state, test))


def _row(pieces: list[_Piece]) -> _Piece:
    def place(pattern: Pattern, state: int) -> int:
        for piece in pieces:
            state = piece.place(pattern, state)
        return state

    return _Piece(place)


def _either(pieces: list[_Piece]) -> _Piece:
    def place(pattern: Pattern, state: int) -> int:
        end = pattern.state()
        for piece in pieces:
            begin = pattern.state()
            pattern.free(state, begin)
            pattern.free(piece.place(pattern, begin), end)
        return end

    return _Piece(place)


def _repeated(piece: _Piece, least: int, most: int | None) -> _Piece:
    def place(pattern: Pattern, state: int) -> int:
        for _ in range(least):
            state = piece.place(pattern, state)
        if most is None:
            hub = pattern.state()
            pattern.free(state, hub)
            pattern.free(piece.place(pattern, hub), hub)
            return hub
        end = pattern.state()
        for _ in range(most - least):
            pattern.free(state, end)
            state = piece.place(pattern, state)
        pattern.free(state, end)
        return end

    return _Piece(place)


def _digit(character: str) -> bool:
    return "0" <= character <= "9"


def _word(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character == "_")


def _space(character: str) -> bool:
    return character in " \t\n\x0b\f\r"


def _no(test: Test) -> Test:
    return lambda character: not test(character)


def _is(wanted: str) -> Test:
    return lambda character: character == wanted


_CLASSES: dict[str, Test] = {
    "d": _digit, "D": _no(_digit), "w": _word, "W": _no(_word), "s": _space, "S": _no(_space),
}  # fmt: skip
_NAMED: dict[str, Test] = {
    "Alpha": lambda c: c.isascii() and c.isalpha(),
    "Digit": _digit,
    "Alnum": lambda c: c.isascii() and c.isalnum(),
    "Upper": lambda c: "A" <= c <= "Z",
    "Lower": lambda c: "a" <= c <= "z",
    "L": str.isalpha,
}
_CONTROL = {"n": "\n", "r": "\r", "t": "\t", "f": "\f"}


class _Reader:
    def __init__(self, text: str) -> None:
        self._text, self._at, self._depth = text, 0, 0

    def whole(self) -> _Piece:
        if self._text.startswith("^"):
            self._at = 1
        piece = self._choices()
        if self._at < len(self._text):
            raise ValueError("a ) has no (")
        return piece

    def _choices(self) -> _Piece:
        rows = [self._branch()]
        while self._take("|"):
            rows.append(self._branch())
        return rows[0] if len(rows) == 1 else _either(rows)

    def _branch(self) -> _Piece:
        pieces = []
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            if self._text[self._at] == "$" and self._at == len(self._text) - 1:
                self._at += 1
                break
            pieces.append(self._counted(self._atom()))
        return _row(pieces)

    def _counted(self, piece: _Piece) -> _Piece:
        bounds = self._bounds()
        if bounds is None:
            return piece
        # Lazy and possessive forms match the same whole texts, but for what a possessive one gives up.
        if self._take("+"):
            raise ValueError("possessive repetition is not supported")
        self._take("?")
        if self._text[self._at : self._at + 1] in ("*", "+", "?", "{"):
            raise ValueError("a repetition stands behind a repetition")
        return _repeated(piece, *bounds)

    def _bounds(self) -> tuple[int, int | None] | None:
        for sign, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._take(sign):
                return bounds
        if not self._take("{"):
            return None
        inner = self._until("}")
        first, comma, last = inner.partition(",")
        if not first.isdecimal() or (last and not last.isdecimal()) or len(inner) > 9:
            raise ValueError(f"{{{inner}}} is no count")
        least = int(first)
        most = (int(last) if last else None) if comma else least
        if most is not None and most < least:
            raise ValueError(f"{{{inner}}} counts backwards")
        return least, most

    def _atom(self) -> _Piece:
        character = self._next()
        match character:
            case ".":
                return _one(lambda found: found not in "\n\r\x85\u2028\u2029")
            case "(":
                return self._group()
            case "[":
                return _one(self._class())
            case "\\":
                return _one(self._escaped())
            case "*" | "+" | "?" | "{":
                raise ValueError(f"nothing stands before {character}")
            case "^" | "$":
                raise ValueError(f"{character} may stand at the ends only")
        return _one(_is(character))

    def _group(self) -> _Piece:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ValueError("its groups are nested too deeply")
        if self._take("?") and not self._take(":"):
            raise ValueError("look-around, named groups and flags are not supported")
        piece = self._choices()
        if not self._take(")"):
            raise ValueError("a ( has no )")
        self._depth -= 1
        return piece

    def _escaped(self) -> Test:
        character = self._next()
        if character in _CLASSES:
            return _CLASSES[character]
        if character in "pP":
            name = self._until("}") if self._take("{") else self._next()
            if name not in _NAMED:
                raise ValueError(f"\\p{{{name}}} is not known")
            return _NAMED[name] if character == "p" else _no(_NAMED[name])
        if character in _CONTROL:
            return _is(_CONTROL[character])
        if character.isalnum():
            raise ValueError(f"\\{character} is not supported")
        return _is(character)

    def _class(self) -> Test:
        negated, tests, first = self._take("^"), [], True
        while first or self._text[self._at : self._at + 1] != "]":
            tests.append(self._member())
            first = False
        self._at += 1
        chosen = tuple(tests)
        if negated:
            return lambda character: not any(test(character) for test in chosen)
        return lambda character: any(test(character) for test in chosen)

    def _member(self) -> Test:
        low = self._next()
        if low == "[" or self._text.startswith("&&", self._at):
            raise ValueError("classes inside classes are not supported")
        if low == "\\":
            if self._text[self._at : self._at + 1].isalnum():
                return self._escaped()
            low = self._next()
        if self._text[self._at : self._at + 1] != "-" or self._text[self._at + 1 : self._at + 2] in ("]", ""):
            return _is(low)
        self._at += 1
        high = self._next()
        high = self._next() if high == "\\" else high
        if high < low:
            raise ValueError(f"{low}-{high} is an empty range")
        return lambda character: low <= character <= high

    def _take(self, sign: str) -> bool:
        taken = self._text.startswith(sign, self._at)
        self._at += len(sign) if taken else 0
        return taken

    def _next(self) -> str:
        if self._at >= len(self._text):
            raise ValueError("it ends too soon")
        self._at += 1
        return self._text[self._at - 1]

    def _until(self, sign: str) -> str:
        end = self._text.find(sign, self._at)
        if end < 0:
            raise ValueError(f"{sign} is missing")
        found, self._at = self._text[self._at : end], end + len(sign)
        return found

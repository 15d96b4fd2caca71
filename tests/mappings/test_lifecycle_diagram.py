"""The picture of the lifecycle tells the same as the lifecycle."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

from mappings.lifecycle.diagram import diagram

DRAWN = Path(__file__).with_name("diagram.svg")
SVG = "{http://www.w3.org/2000/svg}"


def _drawn(lifecycle, people=None):
    return ET.fromstring(diagram(lifecycle, people))


def _arrows(picture):
    return [
        one
        for one in picture.iter(f"{SVG}path")
        if one.get("class") == "move" and one.find(f"{SVG}title") is not None
    ]


def _names(picture):
    return [text.text for text in picture.iter(f"{SVG}text") if text.get("class") == "name"]


def test_every_stage_is_one_box_in_the_order_of_the_funnel(lifecycle):
    assert _names(_drawn(lifecycle)) == ["start", *lifecycle.stages]


def test_every_legal_move_is_one_arrow_that_says_who_may_make_it(lifecycle):
    told = [arrow.find(f"{SVG}title").text for arrow in _arrows(_drawn(lifecycle))]

    moves = [
        f"{move.came_from} → {move.to} ({', '.join(sorted(move.who, reverse=True))})"
        for move in lifecycle.moves
    ]
    assert [each.split("):")[0].split(");")[0].rstrip(")") + ")" for each in told] == moves


def test_no_two_arrows_lie_upon_each_other(lifecycle):
    tracks = Counter()
    for arrow in _arrows(_drawn(lifecycle)):
        far = re.search(r"Q(\S+) ", arrow.get("d")).group(1)
        begins, ends = sorted(float(one) for one in re.findall(r"(?:^M\S+ |V)([\d.]+)", arrow.get("d")))
        tracks.update((far, tenth) for tenth in range(int(begins), int(ends) + 1))

    assert max(tracks.values()) == 1


def test_with_people_every_stage_says_how_many_stand_in_it(lifecycle):
    names = _names(_drawn(lifecycle, {"new": 1200, "won": 3}))

    assert names[1] == "new · 1,200"
    assert "won · 3" in names
    assert "lost · 0" in names


def test_the_shipped_lifecycle_is_drawn_as_it_was(lifecycle):
    """Meant otherwise? Then write diagram.svg anew, and look at it."""
    drawn = diagram(lifecycle, {"new": 1200, "won": 3}).replace("><", ">\n<")

    assert drawn.splitlines() == DRAWN.read_text("utf-8").splitlines()


def test_the_same_lifecycle_is_drawn_the_same(lifecycle):
    assert diagram(lifecycle, {"new": 1}) == diagram(lifecycle, {"new": 1})

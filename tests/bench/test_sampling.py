"""Flame graphs show each call as wide as its share."""

from __future__ import annotations

from xml.etree import ElementTree

from tests.bench.sampling import Samples, flame_graph


def _outer() -> None:
    """Stands for a caller."""


def _inner() -> None:
    """Stands for what it calls."""


_SVG = "{http://www.w3.org/2000/svg}"


def test_a_box_is_as_wide_as_its_share_of_the_samples() -> None:
    outer, inner = _outer.__code__, _inner.__code__
    samples = Samples()
    samples.stacks.update({(outer,): 1, (outer, inner): 3})
    drawn = ElementTree.fromstring(flame_graph(samples, "a < b"))
    width = {
        group.findtext(f"{_SVG}title", "").split()[0]: float(group.find(f"{_SVG}rect").attrib["width"])  # type: ignore[union-attr]  # every box has one
        for group in drawn.iter(f"{_SVG}g")
        if group.find(f"{_SVG}title") is not None
    }
    assert width["_inner"] == 0.75 * width["_outer"]


def test_samples_below_a_function_begin_with_it_and_leave_others_out() -> None:
    outer, inner = _outer.__code__, _inner.__code__
    samples = Samples()
    samples.stacks.update({(outer, inner): 2, (outer,): 5})
    assert samples.below(inner).stacks == {(inner,): 2}

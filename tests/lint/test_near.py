"""What was meant by a name that is none, among a few and among thousands."""

from __future__ import annotations

from collections.abc import Callable
from difflib import SequenceMatcher
from pathlib import Path

import pytest

from ankigen.lint.engine import check
from ankigen.lint.near import Names
from ankigen.source.discover import Target

MANY = [f"unit-{unit}/figure-{figure:03}-{name}.png"
        for unit in range(10) for figure in range(100) for name in ("cell", "envelope", "leaf")]  # fmt: skip


@pytest.mark.parametrize(
    "word",
    [
        "unit-3/figure-042-envelop.png", "init-3/figure-042-envelope.png", "unit-3/figre-042-envelope.png",
        "unit-3/figure-042-envleope.png", "unit-3/figure042-envelope.png", "unit-3/figure-042-envelope.pn",
    ],
)  # fmt: skip
def test_a_slip_is_found_wherever_it_is(word: str) -> None:
    assert Names(MANY).nearest(word, 0.75) == "unit-3/figure-042-envelope.png"
    assert Names([*MANY[:5], "unit-3/figure-042-envelope.png"]).nearest(word) == "unit-3/figure-042-envelope.png"


@pytest.mark.parametrize("names", [[], ["aaaa"], MANY])
def test_what_is_like_none_means_none(names: list[str]) -> None:
    assert Names(names).nearest("日本.svg") == ""


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The words that were compared with another."""
    words: list[str] = []
    original = SequenceMatcher.set_seq1

    def counted(self: SequenceMatcher[str], word: str) -> None:
        words.append(word)
        original(self, word)

    monkeypatch.setattr(SequenceMatcher, "set_seq1", counted)
    return words


@pytest.mark.parametrize("count", [100, 400])
def test_thousands_of_missing_pictures_are_compared_with_a_few_each(
    count: int, root: Callable[..., Path], compared: list[str]
) -> None:
    question = (
        "  - {{id: q{0}, concept: a, difficulty: easy, stem: 'See ![x](fig-{0:04}.pgn) now?', answer: It.}}\n"
    )
    files = {f"media/fig-{number:04}.png": b"\x89PNG\r\n\x1a\n" for number in range(count)}
    questions = "questions:\n" + "".join(question.format(number) for number in range(count))
    (result,) = check([Target(root({"questions/q.yaml": questions, **files}))])
    helps = [each.help for each in result.diagnostics if each.rule == "missing-media"]
    assert helps == [f"did you mean `fig-{number:04}.png`?" for number in range(count)]
    assert count < len(compared) <= 40 * count


@pytest.mark.parametrize("count", [100, 400])
def test_thousands_of_dangling_references_are_compared_with_a_few_each(
    count: int, root: Callable[..., Path], compared: list[str]
) -> None:
    files = {
        f"concepts/c{number:04}.yaml": f"id: c{number:04}\ntitle: C{number}\noverview: [{{heading: H, body: x}}]\n"
        for number in range(count)
    }
    question = "  - {{id: q{0}, concept: d{0:04}, difficulty: easy, stem: 'What is {0}?', answer: It.}}\n"
    questions = "questions:\n" + "".join(question.format(number) for number in range(count))
    (result,) = check([Target(root({"questions/q.yaml": questions, **files}))])
    helps = [each.help for each in result.diagnostics if each.rule == "dangling-reference"]
    assert helps == [f"did you mean `c{number:04}`?" for number in range(count)]
    assert count < len(compared) <= 40 * count

r"""Formulas become MathML: those that Anki would show, and nothing that is more than a formula."""

from __future__ import annotations

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ankigen.markup import Renderer
from ankigen.preview.formulas import with_formulas

SQUARE = "<msup><mi>a</mi><mn>2</mn></msup>"


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        (r"<p>\(a^2\)</p>", f'<p><math display="inline"><mrow>{SQUARE}</mrow></math></p>'),
        (r"\[a^2\]", f'<math display="block"><mrow>{SQUARE}</mrow></math>'),
        (r"\(a&lt;b\)", '<math display="inline"><mrow><mi>a</mi><mo>&lt;</mo><mi>b</mi></mrow></math>'),
        (r"\(\text{&lt;b&gt;}\)", '<math display="inline"><mrow><mtext>&lt;b&gt;</mtext></mrow></math>'),
        (r"\(\href{javascript:alert(1)}{x}\)", '<math display="inline"><mrow><mrow><mrow><mi>x</mi></mrow></mrow></mrow></math>'),
        # What cannot be read, what is code, and what stands in an attribute stay as they are.
        (r"\(\frac{1}{\)", None),
        (r"\(\)", None),
        (r"<code>\(a\)</code> <pre>\[a\]</pre>", None),
        (r'<img alt="a > \(a^2\)">', None),
        ("\\(" + "{" * 1_500 + "}" * 1_500 + "\\)", None),
        ("\\(" + "{" * 900 + "\\)", None),
    ],
)  # fmt: skip
def test_what_a_formula_becomes(markup: str, expected: str | None) -> None:
    assert with_formulas(markup) == (markup if expected is None else expected)


def test_what_an_author_writes_is_shown() -> None:
    shown = with_formulas(Renderer(lambda name: None).block("Legs: $a^2 + b^2 = c^2$ and `$x$`."))
    assert shown.count("<math") == 1
    assert "<code>$x$</code>" in shown


@pytest.mark.parametrize("piece", [r"\(", r"\[", r"\(a\]", r"\[a\)", "<", r"\(<b>", r"\(\)"])
def test_a_long_text_takes_no_long_time(piece: str) -> None:
    markup = r"\(1\)" + piece * (1_000_000 // len(piece))
    started = time.process_time()
    assert with_formulas(markup).startswith('<math display="inline"><mrow><mn>1</mn></mrow></math>')
    assert time.process_time() - started < 10


class Watch(HTMLParser):
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert re.fullmatch("math|m[a-z]+", tag), tag
        assert not [
            name for name, _ in attrs if name.startswith("on") or name in ("href", "style", "class", "id", "src")
        ]


TEX = st.sampled_from([
    r"\text{", r"\href{javascript:alert(1)}", r"\style{x}", r"\class{x}", r"\id{x}", "}", "{", "<img src=x onerror=y>",
    "&lt;script&gt;", '"', "'", r"\frac", "^", "_", "&", r"\\", r"\begin{matrix}", r"\end{matrix}", r"\color{", "a", "1",
    r"\left(", r"\right)", r"\sqrt[3]", r"\unicode{60}", "</math>", "<math>",
])  # fmt: skip


@given(st.lists(TEX | st.text(max_size=4), max_size=12).map("".join))
def test_a_formula_is_a_formula(tex: str) -> None:
    from html import escape

    for element in re.findall("<math.*?</math>", with_formulas(f"\\({escape(tex)}\\)"), re.DOTALL):
        Watch().feed(element)

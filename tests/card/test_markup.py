"""Markdown on a card: what it becomes, and what can never come through."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ankigen.card.markup import Renderer, plain

MEDIA = {"a.png": "a-1.png", "dir/ü b.mp3": "b-2.mp3"}


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(MEDIA.get)


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("**a** _b_ ~~c~~ `d<e`", "<p><strong>a</strong> <em>b</em> <del>c</del> <code>d&lt;e</code></p>"),
        ("$a<b$ and $$x$$", r"<p>\(a&lt;b\) and \[x\]</p>"),
        ("costs $5 or $6", "<p>costs $5 or $6</p>"),
        ("![A](a.png)", '<p><img src="a-1.png" alt="A"></p>'),
        ("![](<dir/ü b.mp3>)", "<p>[sound:b-2.mp3]</p>"),
        ("![x](gone.png) ![y](https://x.org/y.png)", '<p><img alt="x"> <img alt="y"></p>'),
        ("[a](https://x.org)", '<p><a href="https://x.org" rel="noopener noreferrer">a</a></p>'),
        ("[a](javascript:alert(1)) [b](//x.org) [c](x.html)", '<p><a rel="noopener noreferrer">a</a> '
         '<a rel="noopener noreferrer">b</a> <a rel="noopener noreferrer">c</a></p>'),
        ("a [sound:x.mp3] [latex]b[/latex] [$]", "<p>a &#91;sound:x.mp3] &#91;latex]b[/latex] &#91;$]</p>"),
        ("<kbd>K</kbd><script>alert(1)</script><b onclick=x>B</b>", "<p><kbd>K</kbd><b>B</b></p>"),
        ("a → b & c", "<p>a → b &amp; c</p>"),
        ("{{c1::**a**::h}}", "<p>{{c1::<strong>a</strong>::h}}</p>"),
    ],
)  # fmt: skip
def test_what_markdown_becomes(markdown: str, html: str, renderer: Renderer) -> None:
    assert renderer.block(markdown) == html


def test_a_single_paragraph_can_stand_in_a_line(renderer: Renderer) -> None:
    assert renderer.inline("one *line*") == "one <em>line</em>"
    assert renderer.inline("a\n\nb").startswith("<p>")
    assert renderer.inline("- a") == "<ul>\n<li>a</li>\n</ul>"


def test_code_is_coloured_by_class_and_keeps_its_text(renderer: Renderer) -> None:
    html = renderer.block("```python\nif a < 1:  # é\n    pass\n```")
    assert '<pre class="highlight"><code>' in html
    assert '<span class="k">if</span>' in html
    assert "style=" not in html
    assert re.sub(r"<[^>]*>", "", html) == "if a &lt; 1:  # é\n    pass\n"
    assert renderer.block("```nonsense\nx\n```") == "<pre><code>x\n</code></pre>"


def test_a_gap_inside_code_stays_whole(renderer: Renderer) -> None:
    assert "{{c1::pass}}" in renderer.block("```python\n{{c1::pass}}\n```")


class Watch(HTMLParser):
    """Fails on anything that could run, load or frame."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in {
            "script",
            "style",
            "iframe",
            "object",
            "embed",
            "form",
            "input",
            "link",
            "meta",
            "base",
            "svg",
        }
        for name, value in attrs:
            assert not name.startswith("on"), name
            assert name not in {"srcset", "formaction", "xlink:href", "id", "name", "action", "background"}
            if name == "src":
                assert value in MEDIA.values()
            if name == "href":
                assert re.match(r"(https?|mailto):", value or "", re.IGNORECASE)
            if name == "style":
                assert re.fullmatch(r"text-align: ?\w+;?", value or "")


ATTACKS = st.sampled_from([
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<a href='javascript:alert(1)'>",
    "[x](javascript:alert(1))", "![x](javascript:alert(1))", "<iframe src=//x>", "<style>*{}</style>", "</fieldset>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>", "<p style='background:url(//x)'>", "<!--", "-->",
    "<a href='data:text/html,x'>", "`", "```\n", "$", "$$", "<b", "\"'>", "<img src=\"a.png\" onload='x'>", "\n\n", "- ",
    "<input autofocus onfocus=alert(1)>", "<details open ontoggle=alert(1)>", "[sound:a.png]", "&#60;script&#62;",
])  # fmt: skip


@given(st.lists(ATTACKS | st.text(max_size=8), max_size=8).map("".join))
def test_nothing_dangerous_comes_through(text: str) -> None:
    for html in (Renderer(MEDIA.get).block(text), plain(text)):
        Watch().feed(html)
        assert "[sound:a.png]" not in html

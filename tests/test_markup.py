"""Markdown on a card: what it becomes, and what can never come through."""

from __future__ import annotations

import re
from html import unescape as html_unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ankigen import markup
from ankigen.markup import Renderer, gaps, media_links, plain, rendered, shows_nothing
from ankigen.source import markdown
from ankigen.source.markdown import local_media

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
        ("a [sound:x.mp3] [latex]b[/latex] [$]", "<p>a &#91;sound:x.mp3] &#91;latex]b&#91;/latex] &#91;$]</p>"),
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
    assert '<pre tabindex="0" class="highlight"><code>' in html
    assert '<span class="k">if</span>' in html
    assert "style=" not in html
    assert re.sub(r"<[^>]*>", "", html) == "if a &lt; 1:  # é\n    pass\n"
    assert renderer.block("```nonsense\nx\n```") == '<pre tabindex="0"><code>x\n</code></pre>'


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


WORDS = st.sampled_from([
    "a", "b c", "A.", "1", "2)", "3.", "-", "=", "+", "#", ">", "|", "~", "*", "`", "&", "&lt;", "$", "\\", "\\(", "[", "<",
    " ", "  ", "    ", "\t", "\n", "\n\n", " \n", "\n ", "\r\n", "\x0b", "\x7f", "\xa0", "\u2028", "\u3000", "\ufeff",
    '"', "'", "{{c1::", "}}", ":", "!", "https://x.org", "a@b.org", "---", "===", "日本",
])  # fmt: skip


@settings(max_examples=1000)
@given(st.lists(WORDS | st.text(max_size=3), max_size=8).map("".join))
def test_words_alone_become_what_they_would_as_markdown(text: str) -> None:
    """The short way, past the parser and the cleaner, and the long one end in the same HTML."""
    renderer = Renderer(MEDIA.get)
    assert renderer.block(text) == renderer._marked_up(text)


@settings(max_examples=1000)
@given(st.lists(WORDS | ATTACKS | st.text(max_size=3), max_size=6).map("".join))
def test_what_begins_with_a_letter_shows_what_it_shows_as_html(text: str) -> None:
    """The short way, by the first letter, and the long one, by the card's HTML, say the same."""
    assert shows_nothing(text) == (not markup._seen(rendered(text)))


@settings(max_examples=1000)
@given(st.lists(WORDS | ATTACKS | st.text(max_size=3), max_size=8).map("".join))
def test_code_and_html_are_found_only_where_a_sign_of_them_stands(text: str) -> None:
    short = markdown._pieces.__wrapped__(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(markdown, "_CODE_OR_HTML", ("",))
        assert markdown._pieces.__wrapped__(text) == short


@given(st.text(max_size=8) | st.lists(ATTACKS, max_size=3).map("".join))
def test_plain_text_is_escaped_wherever_it_holds_a_sign(text: str) -> None:
    assert html_unescape(plain(text)).replace("\\\u200b", "\\") == text.replace("\\\u200b", "\\")
    assert not set("<>\"'") & set(plain(text))


def test_pictures_and_sounds_are_found_where_they_stand() -> None:
    text = (
        "é ![a](x.png) ![](<two words.mp3>) ![r][1] `![no](code.png)` <img alt='q>' src='html.png'> ![aaa](aa)\n\n"
        '<div>\n<img\nsrc="lines.png">\n</div>\n\n[1]: ref.png'
    )
    found = [(link.target, text[link.start : link.end]) for link in media_links(text)]
    assert [target for target, _ in found] == [words for _, words in found]
    assert [target for target, _ in found] == ["x.png", "two words.mp3", "ref.png", "html.png", "aa", "lines.png"]
    aa = next(link for link in media_links(text) if link.target == "aa")
    assert text[aa.start - 2 : aa.end + 1] == "](aa)"


IMAGES = st.sampled_from([
    "<img ", "src=", "'a.png'", '"a.png"', "alt='x>y'", ">", "/>", "\n", "![x](", "a.png", ")", "<div>", "<!--", "-->", "<",
    "a&amp;b.png", "![", "](", "[1]", "\n\n[1]: a.png", "`", "<IMG SRC=a.png", " ",
])  # fmt: skip


@given(st.lists(IMAGES, max_size=10).map("".join))
def test_no_picture_is_packed_that_the_linter_did_not_see(text: str) -> None:
    """The linter judges the addresses that `media_links` gives, and the package holds what the renderer asks for."""
    asked: list[str] = []
    html = Renderer(lambda name: asked.append(name) or f"packed-{len(asked)}").block(text)
    seen = {local_media(link.target) for link in media_links(text)}
    assert set(asked) <= seen
    assert len(re.findall(r"<img[^<>]* src=", html)) <= len(media_links(text))
    for link in media_links(text):
        assert 0 <= link.start <= link.end <= len(text)


@pytest.mark.parametrize(
    "text",
    ["", "  ", "<!-- x -->", "<b></b>", "<br>", "# ", "> ", "<script>x</script>", "<style>b{}</style>", "<!-- x", "<div",
     "<source src='a.mp3'>", "<audio src='a.mp3'></audio>", "<template>x</template>", "\u200b", "` `", "---"],
)  # fmt: skip
def test_what_shows_nothing(text: str) -> None:
    assert shows_nothing(text)


@pytest.mark.parametrize(
    "text",
    ["x", "![](a.mp3)", "$x$", "`x`", "<b>x</b>", "<img src='a.png'>", "<div>\nx\n</div>", "&lt;", "🎉", "日"],
)
def test_what_shows_something(text: str) -> None:
    assert not shows_nothing(text)


@pytest.mark.parametrize("entity", ["&#31;", "&#x1f;", "&#27;", "&#155;", "&#0;", "&#1;"])
def test_no_control_character_comes_through(entity: str, renderer: Renderer) -> None:
    html = renderer.block(f"a{entity}b <b title='{entity}'>c</b>")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", html)


@pytest.mark.parametrize(
    ("hint", "shown"),
    [("$", "\u200b$"), ("sound:a.mp3", "\u200bsound:a.mp3"), ("anki:tts", "\u200banki:tts"), ("fine", "fine")],
)
def test_a_hint_means_nothing_to_anki(hint: str, shown: str, renderer: Renderer) -> None:
    assert f"::{shown}}}}}" in html_unescape(renderer.cloze(f"a {{{{c1::b::{hint}}}}}"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{c1::a}} {{c2::b::h}}", [(1, "a"), (2, "b")]),
        ("{{c1::a {{c2::b}} c}}", [(2, "b"), (1, "a b c")]),
        ("{{c1::a {{c2::b}}", [(2, "b")]),
        ("{{c1::}} {{c2::::h}}", [(1, ""), (2, "")]),
        ("<!-- {{c1::x}} -->", []),
        ("{{c01::x}} {{c٢::y}}", [(1, "x")]),
    ],
)
def test_gaps_are_those_of_anki(text: str, expected: list[tuple[int, str]]) -> None:
    assert [(gap.number, gap.hidden) for gap in gaps(rendered(text))] == expected


@pytest.mark.parametrize("unit", ["<?", "<!--", "<img ", "![", "{{c1::", "é<", "$", "> ", "<div>"])
def test_a_hostile_text_is_read_in_time(unit: str) -> None:
    """Texts of the greatest length that the schema allows; some made a search go over all of it for every sign."""
    text = unit * (20_000 // len(unit))
    assert media_links(text) == ()
    gaps(rendered(text))
    shows_nothing(text)


@pytest.mark.parametrize(
    "text",
    [
        "$\\hr\\hrefef{javascript:x}{y}$",
        "\\\\(\\href{javascript:x}{y}\\\\)",
        "&#92;(\\href{javascript:x}{y}&#92;)",
        "$$\\href{x}{y}$$",
    ],
)
def test_no_formula_links_anywhere(text: str, renderer: Renderer) -> None:
    html = html_unescape(renderer.block(text))
    for formula in re.findall(r"\\\((.*?)\\\)|\\\[(.*?)\\\]", html, re.DOTALL):
        assert "\\href" not in "".join(formula)
    assert "\\(" not in plain("\\(x\\)")

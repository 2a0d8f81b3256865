"""What an author's style file may say, where what is wrong with it is shown, and how long that takes."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ankigen import labels as words
from ankigen.card.notes import notes_of
from ankigen.card.notetypes import note_type
from ankigen.lint import style
from ankigen.model import Kind
from ankigen.theme import forbidden, hard_to_read
from tests.conftest import REPOSITORY, ankigen, checked

DECK = "format: 1\nid: d\ntitle: D\ncards: {css: cards.css}\n"


def refused(css: str) -> list[str]:
    """The pieces of a sheet that no card may hold."""
    return [css[fault.span.start : fault.span.end] for fault in forbidden(css)]


def unreadable(css: str) -> list[str]:
    """The pieces of a sheet that are hard to read."""
    return [css[fault.span.start : fault.span.end] for fault in hard_to_read(css)]


@pytest.mark.parametrize(
    ("css", "piece"),
    [
        (".card{@media all{background:url(https://e/x)}}", "url(https://e/x)"),
        (".card{@supports (a:b){@media all{background:url( 'a;b.png' ) red}}}", "url( 'a;b.png' )"),
        ("@font-face{font-family:x;src:url(//e/x.woff)format('woff')}", "url(//e/x.woff)"),
        ('.a{background:image-set("https://e/x" 1x)}', 'image-set("https://e/x" 1x)'),
        ('.a{background:-webkit-image-set("x" 1x),red}', '-webkit-image-set("x" 1x)'),
        ('.a{background:SRC("x")}', 'SRC("x")'),
        ('.a{--x:image("x")}', 'image("x")'),
        (".a{background:element(#x)}", "element(#x)"),
        ('.a{background:filter("x",blur(1px))}', 'filter("x",blur(1px))'),
        (".a{background:cross-fade(url(x.png) 50%,red)}", "url(x.png)"),
        ("@scope (.card){background:url(https://e);.x{}}", "url(https://e)"),
        (".a{--x:({[url(x)]})}", "url(x)"),
        ("@media url(x){}", "url(x)"),
        (".a[b=url(x)]{}", "url(x)"),
        (r".a{background:\75rl(x)}", r"\75rl(x)"),
        (r".a{background:ur\6c('x')}", r"ur\6c('x')"),
        (".a{background:url(data:text/html,x)}", "url(data:text/html,x)"),
        (".a{background:url('data:image/png,' attr(x))}", "url('data:image/png,' attr(x))"),
        ("@IMPORT 'x' screen;", "@IMPORT 'x' screen"),
        (r".a{b{@\69mport url(x);}}", r"@\69mport url(x)"),
        ("@import 'x'", "@import 'x'"),
        (".a{background:url(x", "url(x"),
    ],
)
def test_nothing_is_loaded_from_elsewhere(css: str, piece: str) -> None:
    assert refused(css) == [piece]


@pytest.mark.parametrize(
    "css",
    [
        "@counter-style x{system:cyclic;symbols:'*';suffix:' '}",
        "@page :first{margin:1cm;@top-left{content:'x'}}",
        "@scope (.card) to (.why){color:black;.x{margin:0}}",
        "@layer x;@layer x{.a{margin:0}}",
        "@container (width > 400px){.a{margin:0}}",
        "@property --x{syntax:'<color>';inherits:true;initial-value:red}",
        "@keyframes x{from{opacity:0}50%{opacity:.5}to{opacity:1}}",
        "@supports (display:grid) and (not (a:b)){.a{margin:0}}",
        "@media (width < 600px){.a:hover{margin:0}}",
        "@media (400px <= width < 600px){.a{&:hover{margin:0}> b{margin:0}}}",
        "@charset 'utf-8';@namespace svg 'http://www.w3.org/2000/svg';",
        "@font-face{font-family:x;src:local('Georgia'),url(data:font/woff2;base64,d09GMg==)}",
        ".a{filter:url(#blur) blur(2px);background:url('DATA:image/png;base64,iVBORw0KGgo=')}",
        "/* url(https://e) @import */ .a{content:'url(https://e)'}",
        "",
    ],
)
def test_other_css_may_stand_there(css: str) -> None:
    assert refused(css) == []


@pytest.mark.parametrize("css", [".a{}</STYLE>", "/* <!-- */", ".a{content:'</'}"])
def test_nothing_ends_the_style(css: str) -> None:
    assert len(refused(css)) == 1


@pytest.mark.parametrize(
    ("css", "pieces"),
    [
        (".a{color black;margin:0}", ["color black"]),
        (".a{margin:0;\r\n\fcolor 'a;b' black}", ["color 'a;b' black"]),
        (".a{}\r.why color: red;\f", [".why color: red;"]),
        ("@layer x;\n.why red", [".why red"]),
        (".a{}}", ["}"]),
        ("\f\r\r\n@import 'x';", ["@import 'x'"]),
        (".a{width:" + "1" * 5000 + "}", ["1" * 5000]),
        ("@import 'x';" * 50, ["@import 'x'"] * 20),
    ],
)
def test_faults_are_shown_where_they_are(css: str, pieces: list[str]) -> None:
    assert refused(css) == pieces


@pytest.mark.parametrize("css", ["a{" * 3000, "f(" * 3000, "@a{" * 20000, "[" * 90000])
def test_a_sheet_that_is_nested_too_deep_is_not_read_on(
    css: str, root: Callable[..., Path], tmp_path: Path
) -> None:
    assert [fault.message for fault in forbidden(css)] == ["this is nested too deep"]
    assert unreadable(css) == []
    root({"deck.yaml": DECK, "cards.css": css})
    for command in (["lint"], ["build"]):
        result = ankigen(*command, cwd=tmp_path)
        assert result.returncode == 1
        assert "nested too deep" in result.stdout + result.stderr


@pytest.mark.parametrize(
    "css",
    [
        ".a{" + "x;" * 45000 + "}",
        "@import 'x';" * 7500,
        ",".join(["a"] * 22000) + "{" + "color:red;" * 4500 + "}",
        ".a" + ",.b" * 13000 + "{" + "&{color:red}" * 4000 + "}",
        "a" * 45000 + "{" + "b{color:red}" * 3700 + "}",
        "".join(f".a{number}{{color:#ccc}}" for number in range(5000)),
    ],
)
def test_no_sheet_takes_long(css: str) -> None:
    start = time.process_time()
    assert len(refused(css)) <= 20
    assert len(unreadable(css)) <= 20
    assert time.process_time() - start < 10  # of old, minutes


@pytest.mark.parametrize(
    ("css", "pieces"),
    [
        (".stem{COLOR:#ccc}", ["COLOR:#ccc"]),
        (".stem{\f\r\r\n color : #ccc ;}", ["color : #ccc"]),
        (".stem{@media (width > 1px){color:#ccc}}", ["color:#ccc"]),
        (".stem{color:lab(50% 20 20)}", []),
        (".stem{color:color(display-p3 1 1 1);color:color()}", []),
        (".stem{background:#222;color:oklch(90% 0 0)}", []),
        ("@media print{.stem{color:#ccc}}", []),
        ("@media (prefers-color-scheme: dark){.card{--ink:#ccc}}", []),
        ("@keyframes x{from{color:#ccc}}", []),
        (".card{&.nightMode{color:#333}}", ["color:#333"]),
    ],
)
def test_only_known_colours_of_the_screen_are_measured(css: str, pieces: list[str]) -> None:
    assert unreadable(css) == pieces
    assert refused(css) == []


def test_a_name_with_a_control_character_is_refused(root: Callable[..., Path], tmp_path: Path) -> None:
    root({"deck.yaml": 'format: 1\nid: d\ntitle: D\ncards: {css: "a\\0b.css"}\n'})
    result = ankigen("lint", cwd=tmp_path)
    assert (result.returncode, result.stderr.count("fault in ankigen")) == (1, 0)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes")
def test_a_pipe_is_not_waited_for(root: Callable[..., Path]) -> None:
    os.mkfifo(root({"deck.yaml": DECK}) / "cards.css")
    (found,) = checked(Path("content")).diagnostics
    assert found.message == "`cards.css` cannot be read (it is a pipe or a device)"


def test_the_style_is_read_once_and_packed_as_it_was_judged(
    root: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    content = root({"deck.yaml": DECK, "cards.css": ".stem{color:#ccc}\r\n"})
    read: list[Path] = []
    monkeypatch.setattr(style, "read_bytes", lambda file, most: read.append(file) or file.read_bytes())
    result = checked(content)
    (content / "cards.css").write_text("@import 'x';")
    assert [diagnostic.rule for diagnostic in result.diagnostics] == ["low-contrast"]
    assert len(read) == 1
    assert result.deck
    made = notes_of(result.deck, [])
    assert all(kind.css.endswith(".stem{color:#ccc}\n") for kind in made.note_types.values())


def test_no_directive_reaches_a_template() -> None:
    own = "[sound:x.mp3] [latex]a[/latex] [$]a[/$] [[type:Stem]]"
    for kind in Kind:
        made = note_type(kind, dict.fromkeys(words.NAMES, own)).template
        for directive in ("[sound:", "[latex]", "[/latex]", "[$]", "[/$]", "[[type:"):
            assert directive not in made.front + made.back


def test_the_schema_knows_the_labels_and_shows_the_english_ones() -> None:
    schema = json.loads((REPOSITORY / "schema" / "deck.schema.json").read_text(encoding="utf-8"))
    labels = schema["properties"]["cards"]["properties"]["labels"]["properties"]
    assert set(labels) == words.NAMES
    assert {name: label["examples"] for name, label in labels.items()} == {
        name: [word] for name, word in words.words("en").items()
    }

"""One card as a page for a frame: `<iframe sandbox="allow-scripts allow-popups allow-popups-to-escape-sandbox">`.

The page shows either side in either theme: at first as its address says (`#back`, `#night`, `#back,night`), then
as the page round it asks by messages (`{show: "front"}`, `{show: "back"}`, `{night: true}`). To each, and whenever
that changes, it answers with `{height: 480}`, the height of what it shows. Without scripts, the back is below the
front. Links lead to the web and to nothing else, each to a page of its own, which the sandbox is not to hold.

What authors wrote is not trusted, though it was cleaned when it was rendered. It is cleaned again as part of the
whole card, and the page's policy names the scripts that run by their hashes: the note type's, and the one here.
"""

from __future__ import annotations

import html
import re
from base64 import b64encode
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote

import nh3

from ankigen.card.notetypes import NoteType
from ankigen.card.render import Card, with_players
from ankigen.markup import ALLOWED_TAGS, keeps
from ankigen.preview.formulas import with_formulas
from ankigen.preview.site import Page
from ankigen.source.markdown import PICTURES, SOUNDS, local_media

_TAGS = ALLOWED_TAGS | {
    *("article", "audio", "fieldset", "footer", "header", "input", "label", "legend", "nav", "section"),
}
_ATTRIBUTES = {
    "*": {"class", "dir", "id", "lang", "role", "style", "tabindex", "title"},
    "a": {"href"},
    "audio": {"controls", "preload", "src"},
    "details": {"open"},
    "img": {"alt", "height", "src", "width"},
    "input": {"name", "type"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
# The only styles that Markdown makes, as its cleaner leaves them: few enough for a policy to name them.
_STYLES = tuple(f"text-align:{value}" for value in ("left", "right", "center", "justify", "start", "end"))
_SVG = "image/svg+xml"
_TYPES = {ending: f"image/{ending}" for ending in PICTURES} | {ending: f"audio/{ending}" for ending in SOUNDS}
_TYPES |= {"jpg": "image/jpeg", "svg": _SVG, "m4a": "audio/mp4", "mp3": "audio/mpeg", "opus": "audio/ogg"}
# What Anki's desktop program has for form controls and scroll bars.
_SCHEME = ":root{color-scheme:light}:root.night-mode{color-scheme:dark}"
_SCRIPT = re.compile(r"<script>(.*?)</script>\s*", re.DOTALL)


def frame(
    card: Card, note_type: NoteType, *, base: str | None, media: Callable[[str], bytes], title: str, language: str
) -> Page:
    """The page of a card of a note type.

    `base` stands before the names of pictures and sounds: `../media/`. An SVG picture is put into the page
    instead, with the content that `media` gives by its name. With None, all are: from a folder, browsers let no
    frame with a sandbox load a file. `language` is that of the title and of the card.

    Raises ValueError where a template's scripts are not at its end, or a field could change them, and what `media`
    raises.
    """
    look = _look(note_type)
    sides = cleaned((look.front.cut_from(card.front), look.back.cut_from(card.back)), base, media)
    front, back = map(with_formulas, sides)
    held = [
        f'<script type="text/plain" data-side="{side}">{script}</script>'
        for side, scripts in (("front", look.front), ("back", look.back))
        for script in scripts.texts
    ]
    body = [
        "<!doctype html>",
        f'<html lang="{html.escape(language)}">',
        f'<head><meta http-equiv="Content-Security-Policy" content="{html.escape(look.policy)}">',
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
        '<link rel="icon" href="data:,">',
        f"<title>{html.escape(title)}</title>",
        f"<style>{look.style}</style></head>",
        '<body class="card card1">',
        f'<div id="qa" role="main">{front}</div>',
        f'<details id="rest"><summary lang="en">Back</summary><div>{back}</div></details>',
        *held,
        f"<script>{_runner()}</script>",
        "</body></html>",
    ]
    return Page("\n".join(body).encode(), "text/html; charset=utf-8", look.policy)


class _Scripts(NamedTuple):
    """The scripts of one side, and how they stand at the end of it."""

    texts: tuple[str, ...]
    written: str

    def cut_from(self, side: str) -> str:
        """A card's side without its scripts, so that nothing in a field can keep them from running."""
        return side.removesuffix(self.written)


class _Look(NamedTuple):
    """What the pages of a note type's cards have in common."""

    front: _Scripts
    back: _Scripts
    style: str
    policy: str


@lru_cache(maxsize=16)
def _look(note_type: NoteType) -> _Look:
    front, back = _scripts(note_type.template.front), _scripts(note_type.template.back)
    # As a browser reads it, or it would be another one than its hash says; and none that ends its own element.
    style = re.sub(r"\r\n?", "\n", _SCHEME + note_type.css).replace("</", "<\\/")
    policy = {
        "default-src": "'none'",
        "script-src": _hashes([*front.texts, *back.texts, _runner()]),
        "style-src": f"{_hashes([style])} {STYLES}",
        "img-src": "'self' data:",
        "media-src": "'self' data:",
        "font-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return _Look(front, back, style, "; ".join(f"{name} {value}" for name, value in policy.items()))


def _scripts(template: str) -> _Scripts:
    """The scripts of one side of a template. Raises ValueError where a field could change them."""
    at = template.find("<script")
    written = template[at:] if at >= 0 else ""
    texts = tuple(match[1] for match in _SCRIPT.finditer(written))
    if _SCRIPT.sub("", written) or "{{" in written:
        raise ValueError("the scripts of a template stand at its end, and hold no field")
    return _Scripts(texts, written)


def _hashes(texts: Iterable[str]) -> str:
    digests = (b64encode(sha256(text.encode()).digest()).decode() for text in dict.fromkeys(texts))
    return " ".join(f"'sha256-{digest}'" for digest in digests)


@cache
def _runner() -> str:
    import rjsmin  # loaded where a card is shown, and only there

    text = (Path(__file__).parent / "assets" / "frame.js").read_text(encoding="utf-8")
    return str(rjsmin.jsmin(text))


STYLES = f"'unsafe-hashes' {_hashes(_STYLES)}"
"""The styles that elements of a card may have, as sources of a Content-Security-Policy."""


def type_of(name: str) -> str | None:
    """The media type of a picture or a sound, by its file's ending; None for what is neither."""
    return _TYPES.get(name.rpartition(".")[2].lower())


def _address(name: str, base: str | None, media: Callable[[str], bytes]) -> str | None:
    """Where a picture or a sound lies; None for what is neither."""
    type = type_of(name)
    if type is None:
        return None
    # An SVG file may hold scripts. In a picture they do not run; where the file is opened by itself, they would.
    if base is None or type == _SVG:
        return f"data:{type};base64,{b64encode(media(name)).decode()}"
    return base + quote(name)


def cleaned(sides: Iterable[str], base: str | None, media: Callable[[str], bytes]) -> list[str]:
    """Cards as HTML with nothing in it but what may stand on one, pictures and sounds where `frame` has them."""
    playing = [with_players(side) for side in sides]
    sources: dict[str, str | None] = {}

    def collect(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "src":
            sources[value] = None
        return None

    def keep(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "src":
            return sources[value]
        if attribute == "href":
            return value if keeps(value) else None
        return value if attribute != "style" or value in _STYLES else None

    # Twice, because the cleaner would swallow what is raised in the middle of it.
    for side in playing:
        _cleaner(collect).clean(side)
    for source in sources:
        name = local_media(unquote(source))
        sources[source] = _address(name, base, media) if name else None
    return [_cleaner(keep).clean(side) for side in playing]


def _cleaner(filter: Callable[[str, str, str], str | None]) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=_TAGS,
        clean_content_tags={"script", "style"},
        attributes=_ATTRIBUTES,
        generic_attribute_prefixes={"aria-", "data-"},
        attribute_filter=filter,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )

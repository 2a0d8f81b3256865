"""The pages of a deck: what is at which path, and the HTML of each.

What the author wrote comes from the notes, cleaned as it goes to Anki, or is escaped here. On top of that, no page
may run a script that is not one of our files.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property, partial
from pathlib import Path
from secrets import token_hex
from threading import RLock
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from ankigen import theme
from ankigen.card.notes import Note, direction
from ankigen.card.render import card_of, numbers_of, with_gap
from ankigen.diagnostic import Diagnostic, Location, Severity
from ankigen.labels import words
from ankigen.lint.engine import Checked
from ankigen.model import Deck, Difficulty, Kind
from ankigen.preview.charts import charts_of
from ankigen.preview.deck import DeckView, Shown, notes_in, view_of
from ankigen.preview.excerpt import excerpts
from ankigen.preview.formulas import with_formulas
from ankigen.preview.frame import STYLES, cleaned, frame, type_of
from ankigen.preview.site import Page
from ankigen.stats.numbers import Numbers
from ankigen.stats.numbers import numbers_of as numbers_of_deck

POLICY = (
    f"default-src 'none'; script-src 'self'; style-src 'self' {STYLES}; img-src 'self' data:; "
    "media-src 'self' data:; connect-src 'self'; frame-src 'self'; form-action 'none'; base-uri 'none'"
)
"""What a page may load: files of the site alone. (Cells of tables may say how they are aligned.)"""
_HERE = Path(__file__).parent
_ASSETS = (
    *("page.css", "theme.js", "page.js", "deck.js", "practice.js", "cards.js", "numbers.js"),
    *("vendor/chart.js", "vendor/dagre.js", "vendor/LICENSES.txt"),
)
_MOST_FINDINGS = 500
"""How many findings one page shows."""
_MOST_GAPS = 30
"""How many cards of one note are shown: a text of 20 kB can make 500, each with all of that text."""


class Site:
    """A deck at one moment as pages.

    `editor` is the address that opens a file, with `{path}`, `{relative}`, `{line}` and `{column}`, or empty.
    A `live` one asks its server for changes. `before` is the site of an earlier moment, which knows what was in a
    file that cannot be read now.
    """

    def __init__(
        self, checked: Checked, editor: str = "", *, live: bool = False, before: Site | None = None
    ) -> None:
        self.checked = checked
        self.editor = editor
        self.live = live
        self.view = view_of(checked) if checked.deck else None
        self._lock = RLock()
        self._made: dict[str, Page] = {}
        self._held: dict[str, tuple[str, ...]] = {**(before._held if before else {}), **self._holds()}

    def _holds(self) -> dict[str, tuple[str, ...]]:
        """The ids of the concepts that each file has something of."""
        held: dict[str, dict[str, None]] = {}
        for topic in self.view.topics if self.view else ():
            for concept in topic.concepts:
                for shown in concept.items:
                    held.setdefault(shown.entry.path, {})[concept.concept.entry.id] = None
        return {path: tuple(ids) for path, ids in held.items()}

    @property
    def title(self) -> str:
        """The deck's title, or the name of its folder where it has none yet."""
        return self.view.deck.title if self.view else self.checked.root.resolve().name

    @cached_property
    def counts(self) -> Mapping[Severity, int]:
        """How many findings there are of each severity."""
        found = Counter(each.severity for each in self.checked.diagnostics)
        return {severity: found[severity] for severity in Severity}

    @cached_property
    def version(self) -> str:
        """Another text for each site: none is made where nothing has changed."""
        return token_hex(8)

    @cached_property
    def numbers(self) -> Numbers:
        """The numbers of what learners get."""
        assert self.view is not None
        facts = [entry.facts for file in self.checked.made for entry in file]
        return numbers_of_deck(self.view.deck, facts)

    def paths(self) -> Iterator[str]:
        """The paths of all pages."""
        yield from self._places

    def page(self, path: str) -> Page | None:
        """The page at a path, made when it is first asked for; safe from several threads.

        Raises OSError where a picture or a sound cannot be read any more.
        """
        with self._lock:
            make = self._places.get(path)
            if make is None:
                return None
            if path not in self._made:
                self._made[path] = make()
            return self._made[path]

    @cached_property
    def _places(self) -> dict[str, Callable[[], Page]]:
        """What makes each page, by its path."""
        places: dict[str, Callable[[], Page]] = {f"assets/{name}": partial(_asset, name) for name in _ASSETS}
        places["assets/card.css"] = self._card_style
        places["findings.html"] = partial(self._html, "findings.html", "")
        if self.view is None:
            return {**places, "index.html": partial(self._html, "broken.html", "", files=None)}
        view = self.view
        places["index.html"] = partial(self._html, "index.html", "")
        places["numbers.html"] = partial(self._html, "numbers.html", "")
        for id, files in self._broken.items():
            for room in ("concepts", "cards"):
                places[f"{room}/{id}.html"] = partial(self._html, "broken.html", "../", files=files)
        for topic in view.topics:
            for concept in topic.concepts:
                id = concept.concept.entry.id
                about = {"concept": concept, "topic": topic.topic, "broken": self._broken.get(id, ())}
                places[f"concepts/{id}.html"] = partial(self._html, "concept.html", "../", **about)
                places[f"cards/{id}.html"] = partial(self._html, "cards.html", "../", **about)
        for shown, note in notes_in(view):
            for number in numbers_of(note, view.notes.note_types[note.kind])[:_MOST_GAPS]:
                places[frame_path(note, number)] = partial(self._frame, note, number, shown)
        media = {name: file for name, file in view.notes.media.items() if not name.endswith(".svg")}
        return {**places, **{f"media/{name}": partial(_media, name, file) for name, file in media.items()}}

    @cached_property
    def _broken(self) -> dict[str, list[str]]:
        """The files that cannot be read, by the concepts that they had something of, or seem to have."""
        broken: dict[str, list[str]] = {}
        for path in self.view.broken if self.view else ():
            for id in self._held.get(path, (Path(path).stem,)):
                broken.setdefault(id, []).append(path)
        return broken

    def _html(self, template: str, up: str, **values: Any) -> Page:
        """A page of a template; `up` leads from it to the start of the site."""
        text = (
            _environment()
            .get_template(template)
            .render(site=self, view=self.view, up=up, policy=POLICY, help=_Help(self, up), **values)
        )
        # The name of a file may hold what is no character: as the terminal shows it.
        return Page(text.encode(errors="backslashreplace"), "text/html; charset=utf-8", POLICY)

    def _frame(self, note: Note, number: int, shown: Shown) -> Page:
        assert self.view is not None
        note_type = self.view.notes.note_types[note.kind]
        up = "../" * frame_path(note, number).count("/")
        return frame(
            card_of(note, note_type, number),
            note_type,
            # From a folder, a frame can load no file.
            base=f"{up}media/" if self.live else None,
            media=self.media,
            title=shown.entry.label,
            language=self.view.deck.language,
        )

    def media(self, name: str) -> bytes:
        """A picture or a sound by its packed name. Raises OSError."""
        assert self.view is not None
        return self.view.notes.media[name].read_bytes()

    def _card_style(self) -> Page:
        accent = self.view.deck.cards.accent if self.view else ""
        style = theme.style() + (theme.accent_style(accent) if accent else "")
        return Page(style.encode(), "text/css; charset=utf-8", POLICY)


def frame_path(note: Note, number: int) -> str:
    """Where a card of a note stands by itself."""
    return f"frames/{note.kind}/{note.id}/{number}.html"


class _Help:
    """What templates ask for, on a page from which `up` leads to the start."""

    def __init__(self, site: Site, up: str) -> None:
        self.site = site
        self.up = up
        self.difficulties = list(Difficulty)
        self.kinds = [Kind.CHOICE, Kind.RECALL, Kind.CLOZE]

    @property
    def words(self) -> Mapping[str, str]:
        """The words of the cards, in the deck's language."""
        return words(self.deck.language, self.deck.cards.labels)

    @property
    def deck(self) -> Deck:
        """The deck."""
        return self._view.deck

    @property
    def _view(self) -> DeckView:
        assert self.site.view is not None
        return self.site.view

    @cached_property
    def own(self) -> Markup:
        """The attributes of what is in the deck's own words, on a page in English."""
        deck = self.site.view.deck if self.site.view else None
        language = Markup(' lang="{}"').format(deck.language) if deck and not deck.english else Markup()
        return Markup('dir="auto"') + language

    @property
    def direction(self) -> str:
        """The direction of the deck's language."""
        return direction(self.deck.language)

    def html(self, text: str) -> Markup:
        """What is HTML of a note already, with its pictures and sounds found from here."""
        (clean,) = cleaned([text], f"{self.up}media/", self.site.media)
        return Markup(with_formulas(clean))

    def gap(self, note: Note, number: int, *, is_question: bool) -> str:
        """The text of a cloze with the gaps of a number hidden, or shown."""
        return with_gap(note.fields["Text"], number, is_question=is_question)

    def tags(self) -> list[str]:
        """The authors' tags of all that is shown."""
        items = (each for topic in self._view.topics for concept in topic.concepts for each in concept.items)
        return sorted({tag for each in items for tag in each.entry.item.tags})

    def frame(self, note: Note, number: int) -> str:
        """The address of a card by itself."""
        return self.up + quote(frame_path(note, number))

    def numbers(self, note: Note) -> list[int]:
        """The numbers of those cards of a note that are shown."""
        return self._all_numbers(note)[:_MOST_GAPS]

    def left_out(self, note: Note) -> int:
        """How many cards of a note are not shown."""
        return len(self._all_numbers(note)[_MOST_GAPS:])

    def _all_numbers(self, note: Note) -> list[int]:
        return numbers_of(note, self._view.notes.note_types[note.kind])

    def excerpts(self, diagnostic: Diagnostic) -> list[Any]:
        """The places of a finding, with their lines."""
        return list(excerpts(diagnostic, self.site.checked.sources))

    def relative(self, path: str) -> str:
        """A file's path from the deck's folder."""
        return path.removeprefix(f"{self.site.checked.root.as_posix()}/")

    def editor(self, path: str, line: int = 1, column: int = 1) -> str:
        """The address that opens a file in the author's editor, or nothing."""
        if not self.site.editor:
            return ""
        # One of Windows begins with the letter of a drive, and in an address with a stroke before it.
        absolute = "/" + Path(path).absolute().as_posix().removeprefix("/")
        places = {
            "{path}": quote(os.fsencode(absolute), safe="/:"),
            "{relative}": quote(os.fsencode(self.relative(path))),
            "{line}": str(line),
            "{column}": str(column),
        }
        address = self.site.editor
        for name, value in places.items():
            address = address.replace(name, value)
        return address

    def opened(self, location: Location) -> str:
        """The same for a place."""
        return self.editor(location.path, *location.start)

    def home(self, diagnostic: Diagnostic) -> tuple[str, str] | None:
        """The page about what a finding speaks of: its address and what it is called."""
        return self._homes.get(id(diagnostic))

    @cached_property
    def _homes(self) -> dict[int, tuple[str, str]]:
        homes: dict[int, tuple[str, str]] = {}
        for topic in self.site.view.topics if self.site.view else ():
            for concept in topic.concepts:
                for shown in concept.items:
                    place = f"{self.up}concepts/{concept.concept.entry.id}.html"
                    if shown is not concept.concept:
                        place += f"#{shown.entry.id}"
                    homes |= {id(each): (place, shown.entry.label) for each in shown.findings}
        return homes

    @property
    def charts(self) -> dict[str, Any]:
        """What the pictures of the numbers are drawn from."""
        return charts_of(self.site.numbers)

    def title_of(self, id: str) -> str:
        """A concept's title, or its id where it is not there."""
        return self._titles.get(id, id)

    @cached_property
    def _titles(self) -> dict[str, str]:
        return {each.id: each.title for each in self.site.numbers.concepts}

    def page_of(self, id: str) -> str:
        """Where the question of an id is, or the part `concept/part`; nothing where it is not there."""
        return self._pages.get(id) or self._pages.get(id.partition("/")[0] if "/" in id else "", "")

    @cached_property
    def _pages(self) -> dict[str, str]:
        pages: dict[str, str] = {}
        for topic in self._view.topics:
            for concept in topic.concepts:
                home = f"{self.up}concepts/{concept.concept.entry.id}.html"
                pages |= {shown.entry.id: f"{home}#{shown.entry.id}" for shown in concept.questions}
                pages.setdefault(concept.concept.entry.id, home)
        return pages

    def by_file(self) -> list[tuple[str, list[Diagnostic]]]:
        """The findings by their files; no more than one page can hold."""
        found: dict[str, list[Diagnostic]] = {}
        for each in self.site.checked.diagnostics[:_MOST_FINDINGS]:
            found.setdefault(each.location.path, []).append(each)
        return list(found.items())

    def more(self) -> int:
        """How many findings there are that the page does not hold."""
        return max(0, len(self.site.checked.diagnostics) - _MOST_FINDINGS)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["count"] = _count
    environment.filters["coded"] = _coded
    return environment


def _count(number: int, what: str) -> str:
    """`3 questions`, `1 question`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _coded(text: str) -> Markup:
    """A message with what stands between backquotes as code, as far as they come in pairs."""
    pieces = text.split("`")
    if len(pieces) % 2 == 0:
        return escape(text)
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if index % 2 else escape(piece)
        for index, piece in enumerate(pieces)
    )


def _asset(name: str) -> Page:
    types = {".css": "text/css", ".js": "text/javascript", ".txt": "text/plain"}
    file = _HERE / "assets" / name
    return Page(file.read_bytes(), f"{types[file.suffix]}; charset=utf-8", POLICY)


def _media(name: str, file: Path) -> Page:
    return Page(file.read_bytes(), type_of(name) or "application/octet-stream", "default-src 'none'; sandbox")

"""What is HTML: the names of its elements, by which `<b>` is told from `List<T>`."""

from __future__ import annotations

_ELEMENTS = frozenset(
    word
    for line in (
        "a abbr acronym address applet area article aside audio b base basefont bdi bdo big blink blockquote",
        "body br button canvas caption center cite code col colgroup data datalist dd del details dfn dialog",
        "dir div dl dt em embed fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6",
        "head header hgroup hr html i iframe img input ins kbd label legend li link main map mark marquee",
        "math menu meta meter nav noframes noscript object ol optgroup option output p param picture pre",
        "progress q rp rt ruby s samp script search section select slot small source span strike strong style",
        "sub summary sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul var",
        "video wbr",
    )
    for word in line.split()
)


def is_html(name: str) -> bool:
    """Whether a name is that of an HTML element."""
    return name.lower() in _ELEMENTS

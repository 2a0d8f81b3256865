"""The address by which a page opens a file in the author's editor."""

from __future__ import annotations

import re

DEFAULT = "vscode"
EDITORS = {
    "vscode": "vscode://file{path}:{line}:{column}",
    "vscodium": "vscodium://file{path}:{line}:{column}",
    "cursor": "cursor://file{path}:{line}:{column}",
    "zed": "zed://file{path}:{line}:{column}",
    "idea": "idea://open?file={path}&line={line}&column={column}",
    "textmate": "txmt://open?url=file://{path}&line={line}&column={column}",
    "none": "",
}
"""The addresses of editors that have a scheme of their own, by the names that the command line takes."""
_PLACES = ("{path}", "{relative}", "{line}", "{column}")
# What a browser would run or read in the place of an editor.
_NO_EDITOR = frozenset(["about", "blob", "data", "file", "filesystem", "javascript", "vbscript", "view-source"])
_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]*):[!#-;=?-\[\]_a-z{}~]+", re.IGNORECASE)


class EditorError(Exception):
    """An address that opens no editor; its text is one plain line for the user."""


def editor_of(given: str) -> str:
    """The address that a name means, or that is given itself: empty for none. Raises EditorError."""
    if given in EDITORS:
        return EDITORS[given]
    match = _ADDRESS.fullmatch(given)
    if not match:
        raise EditorError(
            f"`{given}` is neither an editor ({', '.join(EDITORS)}) nor an address such as {EDITORS[DEFAULT]}"
        )
    if match[1].lower() in _NO_EDITOR:
        raise EditorError(f"`{given}`: an address that begins with `{match[1]}:` opens no editor")
    if strange := [each for each in re.findall(r"\{[^{}]*\}?|\}", given) if each not in _PLACES]:
        raise EditorError(f"`{given}`: `{strange[0]}` stands for nothing; there are {', '.join(_PLACES)}")
    if "{path}" not in given and "{relative}" not in given:
        raise EditorError(f"`{given}` opens no file: write {{path}} or {{relative}} where the file's path belongs")
    return given

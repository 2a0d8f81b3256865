"""One file with thirty faults: thirty findings, each where a person would point, and none twice."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

from tests.conftest import DATA, ankigen

DECK = DATA / "thirty-faults"
# The line, what a person would point to on it, and the rule.
FAULTS = [
    (7, "the", "doubled-word"),
    (15, "(Choose two.)", "choose-count-in-stem"),
    (21, "Both A and C", "option-cites-letter"),
    (24, "an", "grammatical-cue"),
    (32, "not", "unemphasised-negative"),
    (37, "All of the above", "all-or-none-of-above"),
    (41, "A student titrates an acid with a base.", "no-lead-in"),
    (45, "The end  point", "duplicate-option"),
    (46, "https://chem,example.org/titration", "bad-url"),
    (50, "options", "option-count"),
    (53, "proton.png", "missing-media"),
    (58, '"Water, which takes a proton from a strong acid and gives one to a strong base"', "key-far-longer"),
    (62, "“pH”", "smart-quote-in-code"),
    (70, "<Ion>", "unescaped-angle"),
    (73, "Is a Lewis acid an acceptor of electron pairs?", "yes-no-prompt"),
    (78, "Lab", "tag-drift"),
    (79, "|-", "answer-too-long"),
    (85, '"{{c1::The hydronium ion is written H₃O⁺}}"', "cloze-hides-everything"),
    (88, "}}", "cloze-brace-collision"),
    (93, "pyton", "unknown-code-language"),
    (98, "{{c1::", "cloze-in-plain-field"),
    (99, "[as shown]()", "empty-link"),
    (102, "acid", "dangling-reference"),
    (104, "<script>", "unsafe-html"),
    (108, '"a::::b"', "blank-name-component"),
    (109, "![](alum.png)", "missing-alt"),
    (111, "ph-of-water", "duplicate-id"),
    (113, "#2 for more", "comment-swallows-text"),
    (115, "# ankigen: ignore[F006]", "reasonless-suppression"),
    (115, "F006", "unused-suppression"),
]


def test_thirty_faults_are_thirty_findings_at_their_places(tmp_path: Path) -> None:
    result = ankigen("lint", "--format", "json", DECK, cwd=tmp_path)
    findings = json.loads(result.stdout)["findings"]
    assert result.returncode == 1
    found = []
    for finding in findings:
        place = finding["location"]
        text = Path(place["path"]).read_bytes().decode()[place["start"]["offset"] : place["end"]["offset"]]
        found.append((place["start"]["line"], text.partition("\n")[0], finding["rule"]))
    assert found == FAULTS
    assert len(found) == 30


def test_carets_stand_below_what_they_point_to(tmp_path: Path) -> None:
    """Behind an emoji and Chinese, which are two columns wide a character, and with a tab further on."""
    lines = ankigen("lint", DECK, cwd=tmp_path).stdout.split("\n")
    for number, before, text in (
        (15, "stem: 🧪 Which two of these acids are strong? ", "(Choose two.)"),
        (24, "stem: 什么是缓冲溶液? A buffer is ", "an"),
        (58, "- {text: ", FAULTS[11][1]),
    ):
        at = next(at for at, line in enumerate(lines) if line.startswith(f"{number} |"))
        lead = lines[at].partition("|")[2].partition(before)[0] + before
        wide = sum(unicodedata.east_asian_width(character) in "WF" for character in lead)
        assert lines[at].partition("|")[2].startswith(lead + text)
        assert lines[at + 1].partition("|")[2].split("^", 1)[0] == " " * (len(lead) + wide)
        assert lines[at + 1].count("^") == len(text)

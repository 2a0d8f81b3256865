"""Every rule against its examples on disk.

`<rule>/bad-N.yaml` has findings of that rule and errors of no other (one cause is reported once), and the report
of the rule stands in `bad-N.txt`; `<rule>/good-N.yaml` has neither. There are three of each, and each protects
something else. A rule that is off by default is put on. A line `# file: NAME` begins another file of the root;
text before the first is questions/q.yaml, and known.json is a baseline. ANKIGEN_UPDATE=1 writes the reports anew.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from ankigen.diagnostic import Diagnostic, Location, Severity
from ankigen.lint.baseline import read
from ankigen.lint.engine import Checked, all_rules, check
from ankigen.lint.fix import repairs
from ankigen.lint.rule import Rule
from ankigen.lint.settings import Flags
from ankigen.report.full import full
from ankigen.rules.unbalanced_markup import UnbalancedMarkup
from ankigen.source.discover import Target
from ankigen.source.text import SourceFile

HERE = Path(__file__).parent
BAD = sorted(HERE.glob("*/bad-*.yaml"))
# Rules whose examples are made by tests below.
ELSEWHERE = {"media-too-large", "heavy-media", "dead-link"}
GOOD = sorted(HERE.glob("*/good-*.yaml"))
FIXABLE = [example for example in BAD if all_rules()[example.parent.name].fix]


def files_of(example: Path) -> dict[str, bytes]:
    first, *others = re.split(rb"^# file: ", example.read_bytes(), flags=re.MULTILINE)
    files = {} if others and not first else {"questions/q.yaml": first}
    for part in others:
        name, _, content = part.partition(b"\n")
        files[name.decode()] = content
    return files


def findings(example: Path, root: Callable[..., Path]) -> tuple[list[Diagnostic], Checked]:
    """The errors, and what the example's rule finds."""
    return findings_in(root(files_of(example)), example.parent.name)


def findings_in(content: Path, rule: str) -> tuple[list[Diagnostic], Checked]:
    """The errors of a content root, and what a rule finds there."""
    target = Target(content)
    every = check([target], flags=Flags(extend=(rule,)))
    if (baseline := target.root / "known.json").exists():
        every = read(baseline).applied(every, [target])
    (result,) = every
    found = [each for each in result.diagnostics if each.rule == rule or each.severity is Severity.ERROR]
    return found, result


def name(example: Path) -> str:
    return f"{example.parent.name}/{example.stem}"


@pytest.mark.parametrize("example", BAD, ids=name)
def test_bad_examples_are_found_once_and_exactly(example: Path, root: Callable[..., Path]) -> None:
    found, result = findings(example, root)
    assert {diagnostic.rule for diagnostic in found} == {example.parent.name}
    report = "\n".join(full(found, result.sources))
    snapshot = example.with_suffix(".txt")
    if os.environ.get("ANKIGEN_UPDATE"):
        snapshot.write_text(report, encoding="utf-8")
    assert report == snapshot.read_text(encoding="utf-8")


@pytest.mark.parametrize("example", BAD, ids=name)
def test_every_place_can_be_shown(example: Path, root: Callable[..., Path]) -> None:
    found, result = findings(example, root)
    for diagnostic in found:
        for place in (diagnostic.location, *(related.location for related in diagnostic.related)):
            # A file that is no text, such as a picture, is shown by its name alone.
            assert_shown(place, result.sources.get(place.path, SourceFile(place.path, "")))


def assert_shown(place: Location, source: SourceFile) -> None:
    """A place lies in its file, and shows something there.

    It is a place between characters only where there is no character to show: at the beginning of a file, when
    the whole file is meant, and at the end of a line, when something is missing there. Round what can be seen
    it takes in no white space, which would only make the carets longer.
    """
    start, end = place.span
    assert 0 <= start <= end <= len(source.text)
    assert (place.start, place.end) == (source.position(start), source.position(end))
    shown = source.text[start:end]
    if shown:
        assert shown.strip() in ("", shown)
    else:
        assert start == 0 or source.text[start : start + 1] in ("", "\r", "\n")


@pytest.mark.parametrize("unsafe", [False, True], ids=["safe", "unsafe"])
@pytest.mark.parametrize("example", FIXABLE, ids=name)
def test_fixes_leave_nothing_for_a_second_run(example: Path, unsafe: bool, root: Callable[..., Path]) -> None:
    rule = example.parent.name
    content = root(files_of(example))

    def fix() -> list[Diagnostic]:
        """Repair the files as `ankigen lint --fix` does; gives what is found then."""
        for _ in range(10):
            found, result = findings_in(content, rule)
            made = list(repairs(found, result.sources, unsafe=unsafe))
            if not made:
                break
            for repair in made:
                repair.write()
        return found

    left = fix()
    assert not [each for each in left if each.rule == rule and each.fix and (each.fix.safe or unsafe)]
    files = {file: file.read_bytes() for file in content.rglob("*") if file.is_file()}
    assert fix() == left
    assert {file: file.read_bytes() for file in content.rglob("*") if file.is_file()} == files


@pytest.mark.parametrize("example", GOOD, ids=name)
def test_good_examples_are_clean(example: Path, root: Callable[..., Path]) -> None:
    found, result = findings(example, root)
    assert not found, "\n".join(full(found, result.sources))


@pytest.mark.parametrize("rule", all_rules().values(), ids=lambda rule: rule.name)
def test_every_rule_has_a_page_and_examples(rule: Rule) -> None:
    page = type(rule).__doc__ or ""
    assert re.findall(r"^ *## (.*)", page, re.MULTILINE) == ["Why it is bad", "Example", "Instead"]
    assert type(rule).__module__ == f"ankigen.rules.{rule.name.replace('-', '_')}"
    if rule.name not in ELSEWHERE:
        assert len(list(HERE.glob(f"{rule.name}/bad-*.yaml"))) >= 3
        assert len(list(HERE.glob(f"{rule.name}/good-*.yaml"))) >= 3


def test_codes_are_unique_and_well_formed() -> None:
    codes = [rule.code for rule in all_rules().values()]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[YSIQCFMDAL]\d{3}", code) for code in codes)


def test_every_folder_of_examples_has_its_rule() -> None:
    assert {example.parent.name for example in BAD + GOOD} == set(all_rules()) - ELSEWHERE


@pytest.mark.parametrize(
    ("size", "rule"),
    [(2**20, ""), (2**20 + 1, "heavy-media"), (100 * 2**20, "heavy-media"), (101 * 2**20, "media-too-large")],
)
def test_sizes_of_media(size: int, rule: str, root: Callable[..., Path]) -> None:
    """These files are too large to lie in the repository."""
    content = root({
        "questions/q.yaml": "questions:\n  - {id: q, concept: a, difficulty: easy, stem: '![x](a.png)', answer: It.}\n",
        "media/a.png": b"\x89PNG\r\n\x1a\n",
    })  # fmt: skip
    with (content / "media/a.png").open("r+b") as file:
        file.truncate(size)
    (result,) = check([Target(content)])
    assert [diagnostic.rule for diagnostic in result.diagnostics] == ([rule] if rule else [])
    assert all(diagnostic.location.start == (2, 55) for diagnostic in result.diagnostics)


def test_thousands_of_tags_are_paired_in_no_time() -> None:
    """Looking through all open tags for each that closes would take minutes."""
    tags = "<b>" * 40_000
    for value in (tags + "</i>" * 40_000, tags + "<i>" + "</b>" * 40_000, "<i>" * 40_000 + tags + "</i>" * 40_000):
        text = SimpleNamespace(value=value, at=lambda *_: None)
        assert len(list(UnbalancedMarkup().check_text(text, None))) > 0  # type: ignore[arg-type]


@pytest.mark.parametrize("count", [50, 5_000])
def test_a_text_of_doubled_words_is_reported_in_part(count: int, root: Callable[..., Path]) -> None:
    """The place of each, and the trial of its repair, takes as long as the text: all of them, its square."""
    question = f"questions:\n  - id: q\n    concept: a\n    difficulty: easy\n    stem: {'a ' * count}x\n    answer: It.\n"
    found, _ = findings_in(root({"questions/q.yaml": question}), "doubled-word")
    assert [each.location.start.column for each in found] == [13 + 4 * number for number in range(20)]


def test_a_file_that_a_misnamed_picture_means_is_not_called_unused(root: Callable[..., Path]) -> None:
    stem = "![a](Cell.svg) ![b](x/wall.svg) ![c](media/root.svg) ![d](/me/leaf.svg) ![e](stemm.svg)"
    question = f"questions:\n  - {{id: q, concept: a, difficulty: easy, stem: '{stem}', answer: It.}}\n"
    media = {f"media/{name}.svg": "<svg/>" for name in ("cell", "wall", "root", "leaf", "stem", "other")}
    found, _ = findings_in(root({"questions/q.yaml": question, **media}), "unused-media")
    assert [each.message for each in found if each.rule == "unused-media"] == ["`other.svg` is shown nowhere"]

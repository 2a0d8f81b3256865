"""`ankigen diff`: packages, folders and git revisions compared, in every format."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.conftest import CONCEPT, DATA, DECK, MINIMAL, REPOSITORY, ankigen, copy_of, write_tree

RELEASES = DATA / "releases"
SNAPSHOTS = {"text": "txt", "markdown": "md", "json": "json", "html": "html"}
QUESTIONS = "concept: a\ndifficulty: easy\nquestions:\n"


def git(folder: Path, *arguments: str) -> str:
    names = {f"GIT_{who}_{what}": "x@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    run = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env={**os.environ, **names, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull},
        capture_output=True,
        check=True,
        text=True,
    )
    return run.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with a deck below a folder: v1 has one question, and the working copy another answer."""
    top = tmp_path / "repo"
    write_tree(top / "decks" / "one", MINIMAL)
    git(top, "init", "-q")
    git(top, "add", "-A")
    git(top, "commit", "-q", "-m", "one")
    git(top, "tag", "v1")
    write_tree(
        top / "decks" / "one", {"questions/q.yaml": MINIMAL["questions/q.yaml"].replace("It.", "Something else.")}
    )
    return top


def refused(*arguments: str | Path, cwd: Path) -> str:
    result = ankigen("diff", *arguments, cwd=cwd)
    assert result.returncode == 2, result.stdout
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    return line.removeprefix("ankigen: ")


@pytest.mark.parametrize("format", SNAPSHOTS)
def test_every_kind_of_change_in_every_format(format: str, tmp_path: Path) -> None:
    """The expected reports are files beside the releases; ANKIGEN_UPDATE=1 writes them anew."""
    result = ankigen("diff", "old", "new", "--format", format, cwd=RELEASES)
    assert (result.returncode, result.stderr) == (0, "")
    snapshot = RELEASES / f"diff.{SNAPSHOTS[format]}"
    text = result.stdout.replace('"ankigen": "' + json.loads(version())["ankigen"], '"ankigen": "VERSION')
    if os.environ.get("ANKIGEN_UPDATE"):
        snapshot.write_text(text, encoding="utf-8")
    assert text == snapshot.read_text(encoding="utf-8")
    written = ankigen("diff", "old", "new", "--format", format, "-o", tmp_path / "out", cwd=RELEASES)
    assert (written.returncode, written.stdout) == (0, "")
    assert (tmp_path / "out").read_text(encoding="utf-8") == result.stdout


def version() -> str:
    return json.dumps({"ankigen": ankigen("--version").stdout.split()[1]})


def test_the_page_on_it_names_every_key_and_shows_what_is_shown() -> None:
    page = (REPOSITORY / "docs" / "diff.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```text\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert example in (RELEASES / "diff.txt").read_text(encoding="utf-8")

    def keys(value: object) -> set[str]:
        if isinstance(value, dict):
            return {*value}.union(*map(keys, value.values()))
        return set().union(*map(keys, value)) if isinstance(value, list) else set()

    used = keys(json.loads((RELEASES / "diff.json").read_text(encoding="utf-8")))
    assert used <= set(re.findall(r"`(\w+)`", page))


def test_a_package_and_its_folder_are_the_same(tmp_path: Path) -> None:
    package = tmp_path / "old.apkg"
    assert ankigen("build", copy_of(RELEASES / "old", tmp_path), "-o", package, cwd=tmp_path).returncode == 0
    result = ankigen("diff", package, RELEASES / "old", "--exit-code", cwd=tmp_path)
    assert (result.returncode, result.stdout.splitlines()[0]) == (
        0,
        "No difference: all 12 notes are as they were.",
    )
    other = ankigen("diff", package, RELEASES / "new", "--exit-code", cwd=tmp_path)
    assert other.returncode == 1
    assert other.stdout.startswith("2 added, 9 changed (1 with another right answer, ")


def test_a_revision_is_compared_with_the_working_copy(repository: Path) -> None:
    for new, where in (
        ("decks/one", repository),
        (".", repository / "decks" / "one"),
        ("../one", repository / "decks/one"),
    ):
        result = ankigen("diff", "git:v1", new, cwd=where)
        assert result.returncode == 0, result.stderr
        assert result.stdout.startswith("1 changed (1 with an edited answer); 1 as it was.\n")
        assert "Answer: [-It.-] → {+Something else.+}" in result.stdout


def test_two_revisions_are_compared(repository: Path) -> None:
    git(repository, "commit", "-aqm", "two")
    for old, new in (
        ("git:v1", "git:HEAD"),
        ("git:v1:decks/one", "git:HEAD"),
        ("git:v1", "git:HEAD:decks/one/"),
        ("git:v1:./decks/one", f"git:{git(repository, 'rev-parse', 'HEAD')}:decks/one"),
    ):
        result = ankigen("diff", old, new, cwd=repository)
        assert result.returncode == 0, result.stderr
        assert result.stdout.startswith("1 changed (1 with an edited answer)")


def test_a_revision_is_read_whole_whatever_git_would_export(repository: Path) -> None:
    write_tree(repository, {".gitattributes": "questions export-ignore\n*.yaml text eol=crlf\n"})
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "two")
    assert ankigen("diff", "git:HEAD", "decks/one", "--exit-code", cwd=repository).returncode == 0


def test_a_link_in_a_revision_is_the_file_that_it_leads_to(repository: Path) -> None:
    root = repository / "decks" / "one"
    (root / "questions" / "q.yaml").rename(root / "questions" / "real.yaml")
    (root / "questions" / "q.yaml").unlink(missing_ok=True)
    (root / "concepts" / "a.yaml").rename(root / "a.text")
    (root / "concepts" / "a.yaml").symlink_to("../a.text")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "two")
    assert ankigen("diff", "git:HEAD", "git:HEAD", cwd=repository).stdout.startswith("No difference: all 2 notes")


@pytest.mark.parametrize("target", ["../../../secret", "/etc/hostname", "a.yaml", "nowhere"])
def test_a_link_that_leads_out_or_nowhere_is_no_content(repository: Path, target: str) -> None:
    link = repository / "decks" / "one" / "concepts" / "a.yaml"
    link.unlink()
    link.symlink_to(target)
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "two")
    assert "there is no concept `a`" in refused("git:HEAD", "git:v1", cwd=repository)


def test_wrong_revisions_are_refused(repository: Path, tmp_path: Path) -> None:
    for revision in ("v9", "", "--help", "-v1", "v1^{tree}", "v1..HEAD"):
        assert f"git knows no revision `{revision}`" in refused(f"git:{revision}", "decks/one", cwd=repository)
    assert "there is no decks/two/deck.yaml in that revision" in refused(
        "git:v1:decks/two", "decks/one", cwd=repository
    )
    assert "there is no ../deck.yaml in that revision" in refused("git:v1:..", "decks/one", cwd=repository)
    write_tree(tmp_path / "plain", MINIMAL)
    assert "not a git repository" in refused("git:v1", ".", cwd=tmp_path / "plain")
    (tmp_path / "x.apkg").write_text("")
    write_tree(repository / "decks" / "two", {**MINIMAL, "deck.yaml": DECK.replace("id: d", "id: e")})
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "two")
    line = refused("git:HEAD", tmp_path / "x.apkg", cwd=repository)
    assert "there are 2 content roots in it, decks/one, decks/two; name one: git:REVISION:decks/one" in line
    assert "there are 2 content roots in it" in refused("git:HEAD:decks/one", "decks", cwd=repository)


def test_a_machine_without_git_is_told_so(repository: Path, tmp_path: Path) -> None:
    result = ankigen("diff", "git:v1", "decks/one", cwd=repository, env={"PATH": str(tmp_path)})
    assert result.returncode == 2
    assert result.stderr.splitlines() == [
        "ankigen: git:v1: git is not installed, and a revision cannot be read without it"
    ]


def test_only_what_leaves_no_deck_stops_a_comparison(tmp_path: Path) -> None:
    write_tree(
        tmp_path / "old", {**MINIMAL, "deck.yaml": DECK + "lint: {severity: {missing-explanation: error}}\n"}
    )
    write_tree(tmp_path / "new", {**MINIMAL, "questions/q.yaml": QUESTIONS + "  - {id: q, stem: a, choose: 5}\n"})
    assert ankigen("lint", "old", cwd=tmp_path).returncode in (0, 1)
    assert ankigen("diff", "old", "old", cwd=tmp_path).returncode == 0
    line = refused("old", "new", cwd=tmp_path)
    assert line.startswith("new: there is no deck to compare: questions/q.yaml:4:")
    assert str(tmp_path) not in line


def test_what_is_neither_is_refused(tmp_path: Path) -> None:
    write_tree(tmp_path, {"deck": "text", "empty/x": ""})
    assert refused("deck", "empty", cwd=tmp_path).startswith("deck: is no .apkg")
    assert refused("absent", "empty", cwd=tmp_path).startswith("absent: cannot be read")
    write_tree(tmp_path / "root", MINIMAL)
    assert "deck.yaml" in refused("root", "empty", cwd=tmp_path)
    assert "cannot be written" in refused("root", "root", "-o", "empty", cwd=tmp_path)


def hostile(folder: Path) -> Path:
    text = "'<script>alert(1)</script> **bold** ~~x~~ [a](javascript:b) `c` @someone #12 </details> | \\u202E &amp; $x$'"
    text = text.replace("\\u202E", "\u202e")
    write_tree(
        folder,
        {
            "deck.yaml": DECK,
            "concepts/a.yaml": CONCEPT,
            "questions/q.yaml": QUESTIONS
            + "".join(f"  - {{id: q{number}, stem: {text}, answer: x}}\n" for number in range(25)),
        },
    )
    return folder


def test_an_authors_text_steers_neither_terminal_nor_page(tmp_path: Path) -> None:
    write_tree(tmp_path / "plain", MINIMAL)
    hostile(tmp_path / "hostile")

    def report(format: str) -> str:
        result = ankigen("diff", "plain", "hostile", "--format", format, cwd=tmp_path)
        assert result.returncode == 0, result.stderr
        return result.stdout

    for format in ("text", "markdown", "html"):
        assert "\u202e" not in report(format)
        assert "U+202E" in report(format)
    tags: set[str] = set()
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: tags.add(tag)  # type: ignore[method-assign]
    parser.feed(report("html"))
    assert tags <= {
        *("html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "ul", "li", "span", "strong"),
        *("details", "summary", "ins", "del"),
    }
    import pyromark

    shown = pyromark.html(report("markdown"), options=pyromark.Options.ENABLE_STRIKETHROUGH)
    tags = set(re.findall(r"<([a-z0-9]+)", shown))
    assert tags == {"p", "h3", "ul", "li", "strong", "details", "summary", "code"}
    assert "<code>c</code>" not in shown
    assert "<strong>bold</strong>" not in shown
    assert "@someone" not in shown


def test_colours_are_for_terminals(tmp_path: Path) -> None:
    result = ankigen("diff", "old", "new", cwd=RELEASES, env={"NO_COLOR": "", "FORCE_COLOR": "1"})
    assert "\x1b[9;31m32\x1b[0m" in result.stdout
    assert "[-" not in result.stdout
    file = tmp_path / "out.txt"
    ankigen("diff", "old", "new", "-o", file, cwd=RELEASES, env={"NO_COLOR": "", "FORCE_COLOR": "1"})
    assert "\x1b" not in file.read_text(encoding="utf-8")


def test_a_change_that_anki_ignores_stands_out(tmp_path: Path) -> None:
    """A revert takes deck.lock back, too: the times fall, and nobody gets the text that is right."""
    root = copy_of(RELEASES / "old", tmp_path)
    bad = (root / "questions/tcp.yaml").read_text(encoding="utf-8")
    ankigen("build", root, "-o", "bad.apkg", cwd=tmp_path, env={"SOURCE_DATE_EPOCH": "1700000000"})
    (root / "deck.lock").unlink()
    (root / "questions/tcp.yaml").write_text(bad.replace("recieve", "receive"), encoding="utf-8")
    ankigen("build", root, "-o", "good.apkg", cwd=tmp_path, env={"SOURCE_DATE_EPOCH": "1600000000"})
    lines = ankigen("diff", "bad.apkg", "good.apkg", cwd=tmp_path).stdout.splitlines()
    assert "1 changed without an update" in lines[0]
    assert "Ignored by Anki (1)" in lines


def test_a_deck_of_another_maker_is_compared(tmp_path: Path) -> None:
    from tests.package.test_read import plain_genanki, rewritten

    old = plain_genanki(tmp_path / "old.apkg")
    rewritten(
        old, "UPDATE notes SET mod = mod + 1, flds = replace(flds, 'Paris', '<b>Lyon</b>')", tmp_path / "new.apkg"
    )
    result = ankigen("diff", "old.apkg", "new.apkg", cwd=tmp_path)
    assert result.stdout.splitlines()[3:] == [
        "Answer edited (1)",
        "  What learners are to recall reads differently now.",
        "  ~ Capital of France? (Countries::Europe)",
        "      Answer: [-Paris-] → {+Lyon+}",
    ]
    shutil.copy(old, tmp_path / "same.apkg")
    same = ankigen("diff", "old.apkg", "same.apkg", cwd=tmp_path).stdout
    assert same.startswith("No difference: the one note is as it was.")

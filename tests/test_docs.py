"""What the documents say is what the program does."""

from __future__ import annotations

import importlib.util
import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import MINIMAL, REPOSITORY, ankigen, write_tree

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


@pytest.fixture
def my_deck(tmp_path: Path) -> Path:
    """The deck that the README tells a newcomer to write."""
    _, deck, concept, questions, _ = blocks("yaml")
    files = {"deck.yaml": deck, "concepts/triangles.yaml": concept, "questions/triangles.yaml": questions}
    write_tree(tmp_path / "my-deck", files)
    return tmp_path


def test_the_readme_opens_with_the_two_commands() -> None:
    assert [line.split("#")[0].strip() for line in blocks("sh")[0].splitlines()] == ["make deck", "make test"]
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    assert re.search(r"^deck:", makefile, re.MULTILINE)
    assert re.search(r"^test:", makefile, re.MULTILINE)
    assert "make test" in (REPOSITORY / ".ci/run").read_text(encoding="utf-8")


def test_five_lines_make_a_card(tmp_path: Path) -> None:
    five = blocks("yaml")[0]
    assert five.count("\n") == 5
    concept = MINIMAL["concepts/a.yaml"].replace("id: a", "id: aws-kms-encryption")
    write_tree(tmp_path, {"deck.yaml": MINIMAL["deck.yaml"], "concepts/aws-kms-encryption.yaml": concept})
    write_tree(tmp_path, {"questions/five.yaml": five})
    assert "1 cloze" in ankigen("build", cwd=tmp_path).stdout


def test_a_newcomers_first_deck_is_clean_and_builds(my_deck: Path) -> None:
    deck = blocks("yaml")[1]
    assert deck.count("\n") == 3
    for command in blocks("sh")[1].splitlines():
        program, *arguments = command.split()
        assert program == "ankigen"
        result = ankigen(*arguments, cwd=my_deck)
        assert result.returncode == 0, result.stdout
    assert "1 choice, 1 recall, 1 concept, 1 section" in result.stdout
    assert (my_deck / "my-first-deck.apkg").is_file()


def test_the_error_that_the_readme_shows_is_the_one_that_is_shown(my_deck: Path) -> None:
    (shown,) = (block for block in blocks("text") if block.startswith("error"))
    line = re.search(r"^5 \| (.*)$", shown, re.MULTILINE)
    assert line
    broken = f"concept: triangles\ndifficulty: easy\nquestions:\n  - id: q\n{line[1]}\n    answer: It.\n"
    write_tree(my_deck, {"my-deck/questions/triangles.yaml": broken})
    assert shown in ankigen("lint", "my-deck", cwd=my_deck).stdout


def test_a_newcomers_second_release_is_shown_and_tried(my_deck: Path) -> None:
    pytest.importorskip("anki")
    build = blocks("sh")[1].splitlines()[1]
    assert ankigen(*build.split()[1:], cwd=my_deck).returncode == 0
    questions = my_deck / "my-deck/questions/triangles.yaml"
    text = questions.read_text(encoding="utf-8")
    questions.write_text(text.replace("answer: 90 degrees.", "answer: 90 degrees, a quarter of a full turn."))
    printed = []
    for command in blocks("sh")[2].splitlines():
        program, *arguments = command.split()
        assert program == "ankigen"
        result = ankigen(*arguments, cwd=my_deck)
        assert result.returncode == 0, result.stdout
        printed.append(result.stdout)
    (shown,) = (block for block in blocks("text") if block.startswith("Answer edited"))
    assert shown in printed[0]
    assert printed[-1].endswith("No harm.\n")


def test_links_lead_somewhere() -> None:
    for name in (
        "README.md",
        "CONTRIBUTING.md",
        "docs/cards.md",
        "docs/ci.md",
        "docs/editors.md",
        "docs/preview.md",
        "docs/releases.md",
        "docs/stats.md",
        "docs/writing.md",
    ):
        document = REPOSITORY / name
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)|src=\"([^\"]+)\"", document.read_text(encoding="utf-8")):
            path = target[0] or target[1]
            assert path.startswith("https://") or (document.parent / path).exists(), path


def test_what_the_page_of_the_cards_shows_can_be_written(tmp_path: Path) -> None:
    page = (REPOSITORY / "docs/cards.md").read_text(encoding="utf-8")
    labels, looks = re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    (css,) = re.findall(r"^```css\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    questions = "questions: [{id: q, concept: a, difficulty: easy, stem: Vad?, options: [x, {text: y, correct: true}, z], explanation: Så.}]\n"
    for name, lines in (("labels", labels), ("looks", looks)):
        deck = MINIMAL["deck.yaml"].replace("id: d", f"id: {name}") + lines
        write_tree(tmp_path / name, MINIMAL | {"deck.yaml": deck, "cards.css": css, "questions/q.yaml": questions})
    assert ankigen("lint", cwd=tmp_path).stdout == "All well in 6 files.\n"
    assert ankigen("build", "-o", "out", cwd=tmp_path).returncode == 0


def test_anchors_of_the_reference_exist() -> None:
    rules = (REPOSITORY / "docs/rules.md").read_text(encoding="utf-8")
    anchors = {heading.lower().replace(" ", "-") for heading in re.findall(r"^#+ (.*)$", rules, re.MULTILINE)}
    for name in (
        "README.md",
        "docs/cards.md",
        "docs/ci.md",
        "docs/editors.md",
        "docs/releases.md",
        "docs/stats.md",
        "docs/writing.md",
    ):
        text = (REPOSITORY / name).read_text(encoding="utf-8")
        assert set(re.findall(r"rules\.md#([\w-]+)", text)) <= anchors


def test_the_reference_pages_are_made_from_the_schemas_and_the_rules() -> None:
    """`python docs/generate.py` writes them."""
    spec = importlib.util.spec_from_file_location("generate", REPOSITORY / "docs/generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (REPOSITORY / "docs/format.md").read_text(encoding="utf-8") == module.format_page()
    rules = module.reference(module.all_rules().values())
    assert (REPOSITORY / "docs/rules.md").read_text(encoding="utf-8") == rules
    guide = (REPOSITORY / "docs/writing.md").read_text(encoding="utf-8")
    assert guide == module.writing_page()
    assert guide.count("```yaml") == 3


def test_rooms_that_contributing_names_exist() -> None:
    text = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for room in re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE):
        assert (REPOSITORY / room).exists(), room


def test_nothing_names_a_machine_or_a_package_index() -> None:
    files = subprocess.run(["git", "ls-files"], cwd=REPOSITORY, capture_output=True, encoding="utf-8", check=False)
    names = files.stdout.split() or [str(file.relative_to(REPOSITORY)) for file in REPOSITORY.glob("*.*")]
    # A path begins where no name stands before it: `bucket/home/` is none of a machine.
    words = re.compile("pypi" + r"\.org|python" + r"hosted|(?<!\w)/(?:ho" + "me|ro" + "ot|tm" + "p|wo" + "rk)/")
    for name in names:
        file = REPOSITORY / name
        if file.is_file() and file.suffix not in (".png", ".mp3"):
            text = file.read_bytes().decode("utf-8", "replace")
            assert not words.search(text), name

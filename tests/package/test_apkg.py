"""Packages, as Anki's own backend imports them."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tracemalloc
import zipfile
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ankigen.package import apkg
from ankigen.package.release import release
from tests.conftest import DATA, REPOSITORY, ankigen, first_concept, import_apkg, notes, pack

DECKS = DATA / "decks"
NOW = 1_700_000_000


def cards(collection: Any) -> list[Any]:
    """All cards in the order in which Anki brings them up."""
    return sorted(
        (collection.get_card(id) for id in collection.find_cards("")), key=lambda card: (card.due, card.ord)
    )


@pytest.fixture(scope="module")
def kms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The deck that content/ began with, built by the command that the README names."""
    folder = tmp_path_factory.mktemp("kms")
    result = ankigen("build", first_concept(folder), "-o", folder / "deck.apkg", cwd=folder)
    assert result.returncode == 0, result.stderr
    return folder / "deck.apkg"


def test_the_shipped_deck_is_imported_whole_and_only_once(kms: Path, collection: Any) -> None:
    first = import_apkg(collection, kms)
    assert first == dict.fromkeys(first, 0) | {"new": 13}
    before = collection.db.all("select id, guid, mid, mod, tags, flds from notes order by id")
    second = import_apkg(collection, kms)
    assert second == dict.fromkeys(second, 0) | {"duplicate": 13}
    assert collection.db.all("select id, guid, mid, mod, tags, flds from notes order by id") == before


def test_the_shipped_deck_has_the_pages_questions_and_difficulties(kms: Path, collection: Any) -> None:
    import_apkg(collection, kms)

    def count(search: str) -> int:
        return len(collection.find_notes(search))

    assert count("tag:kind::choice") == 5
    assert count("tag:kind::choice tag:difficulty::easy") == 1
    assert count("tag:kind::choice tag:difficulty::medium") == 1
    assert count("tag:kind::choice tag:difficulty::hard") == 3
    assert count("tag:kind::concept tag:difficulty::hard") == 1
    assert count("tag:kind::section") == 7
    assert count("tag:topic::security tag:concept::aws-kms-encryption") == 13
    assert count('deck:"AWS Certified Developer, Associate::Security"') == 13
    names = {deck.name for deck in collection.decks.all_names_and_ids()}
    top = "AWS Certified Developer, Associate"
    assert names == {"Default", top, f"{top}::Security"}
    assert "DVA-C02" in collection.decks.by_name(top)["desc"]


def test_every_card_renders_and_comes_up_in_the_authors_order(kms: Path, collection: Any) -> None:
    import_apkg(collection, kms)
    kinds = [card.note().note_type()["name"].partition(" ")[0] for card in cards(collection)]
    assert kinds == ["Concept"] + ["Section"] * 7 + ["Choice"] * 5
    assert [card.note()["ID"] for card in cards(collection)][8:] == [
        "aws-dva-c02/kms-encrypt-5-mb-file", "aws-dva-c02/kms-restrict-decrypt",
        "aws-dva-c02/kms-generatedatakey-throttling", "aws-dva-c02/kms-lambda-environment-decrypt",
        "aws-dva-c02/kms-cross-account-s3",
    ]  # fmt: skip
    _all_render(collection)
    # And the scheduler itself deals them so.
    expected = [card.id for card in cards(collection)]
    collection.decks.select(collection.decks.id("AWS Certified Developer, Associate"))
    dealt = []
    while card := collection.sched.getCard():
        if card.id not in dealt:
            dealt.append(card.id)
        card.start_timer()
        collection.sched.answerCard(card, 4)
    assert dealt == expected


def _all_render(collection: Any) -> None:
    for card in cards(collection):
        for side in (card.question(), card.answer()):
            body = side.partition("</style>")[2]
            assert "<article" in body
            assert "{{" not in body
            assert not card.render_output().question_text.isspace()
        assert card.answer() != card.question()


def test_every_kind_every_medium_every_script(tmp_path: Path, collection: Any) -> None:
    expected = {"kinds": 8, "arabic": 3, "japanese": 4}
    for name, count in expected.items():
        log = import_apkg(collection, pack(DECKS / name, tmp_path / f"{name}.apkg"))
        assert log == dict.fromkeys(log, 0) | {"new": count}
    _all_render(collection)
    kinds = Counter(card.note().note_type()["name"] for card in cards(collection))
    assert kinds["Cloze (every-kind)"] == 2
    arabic = collection.get_card(collection.find_cards("deck:أساسيات*")[0])
    assert 'lang="ar" dir="rtl"' in arabic.question()
    assert "تشفير" in arabic.question()
    japanese = collection.get_card(collection.find_cards("tag:kind::recall deck:暗号化*")[0])
    assert 'lang="ja" dir="ltr"' in japanese.question()
    # Pictures and sounds arrive with their bytes, under names with the hash of these.
    folder = Path(collection.media.dir())
    files = {file.name.partition("-")[0]: file for file in folder.iterdir()}
    assert set(files) == {"bell", "triangle", "赤い四角"}
    assert files["bell"].read_bytes() == (DECKS / "kinds/media/bell.mp3").read_bytes()
    assert files["赤い四角"].name in japanese.note()["Stem"]
    sound = collection.get_card(collection.find_cards("hypotenuse tag:kind::recall")[0])
    assert [tag.filename for tag in sound.question_av_tags()] == [files["bell"].name]
    report = collection.media.check()
    assert not report.missing
    assert not report.unused


def test_a_collection_with_our_decks_is_sound(tmp_path: Path, collection: Any) -> None:
    """Anki's own check finds nothing to mend, and agrees with our checksums and sort fields."""
    for name in ("kinds", "arabic", "japanese"):
        import_apkg(collection, pack(DECKS / name, tmp_path / f"{name}.apkg"))
    before = collection.db.all("select id, sfld, csum from notes order by id")
    for id in collection.find_notes(""):
        note = collection.get_note(id)
        collection.update_note(note)
    assert collection.db.all("select id, sfld, csum from notes order by id") == before
    problems, sound = collection.fix_integrity()
    assert sound, problems
    assert not collection.get_empty_cards().report


def test_fields_and_templates_have_permanent_ids_in_anki(kms: Path, collection: Any) -> None:
    import_apkg(collection, kms)
    for note_type in collection.models.all():
        if note_type["name"].endswith("(aws-dva-c02)"):
            ids = {field["name"]: field["id"] for field in note_type["flds"]}
            assert ids["References"] == 20
            assert ids["Spare 5"] == 95
            assert [template["id"] for template in note_type["tmpls"]] == [1]


def test_a_learner_keeps_history_when_a_text_changes(
    tmp_path: Path, root: Callable[..., Path], collection: Any
) -> None:
    question = "questions:\n  - {{id: q, concept: a, difficulty: easy, stem: '{}', answer: It.}}\n"
    import_apkg(collection, pack(root({"questions/q.yaml": question.format("What?")}), tmp_path / "1.apkg"))
    (id,) = collection.find_cards("tag:kind::recall")
    card = collection.get_card(id)
    card.start_timer()
    collection.sched.answerCard(card, 4)
    studied = collection.db.all("select * from revlog")
    log = import_apkg(
        collection, pack(root({"questions/q.yaml": question.format("What then?")}), tmp_path / "2.apkg", NOW + 1)
    )
    assert log["conflicting"] == log["new"] == 0
    assert collection.find_cards("tag:kind::recall") == [id]
    assert "What then?" in collection.get_card(id).question()
    assert collection.get_card(id).ivl == card.ivl or collection.get_card(id).reps == 1
    assert collection.db.all("select * from revlog") == studied


@pytest.mark.parametrize("state", ["new", "studied", "suspended", "buried"])
def test_a_learner_hears_that_a_card_is_retired_and_keeps_it_as_it_was(
    state: str, tmp_path: Path, root: Callable[..., Path], collection: Any
) -> None:
    question = "questions:\n  - {{id: q, concept: a, difficulty: easy, stem: What?, answer: It., status: {}}}\n"
    import_apkg(collection, pack(root({"questions/q.yaml": question.format("ready")}), tmp_path / "1.apkg"))
    (id,) = collection.find_cards("tag:kind::recall")
    if state == "studied":
        card = collection.get_card(id)
        card.start_timer()
        collection.sched.answerCard(card, 4)
    elif state == "suspended":
        collection.sched.suspend_cards([id])
    elif state == "buried":
        collection.sched.bury_cards([id])
    schedule = f"select queue, type, due, ivl, factor, reps, lapses, did from cards where id = {id}"
    before = collection.db.all(schedule), collection.db.all("select * from revlog")
    assert 'class="retired"' not in collection.get_card(id).question()
    retired = pack(root({"questions/q.yaml": question.format("retired")}), tmp_path / "2.apkg", NOW + 1)
    log = import_apkg(collection, retired)
    assert (log["new"], log["conflicting"]) == (0, 0)
    assert (collection.db.all(schedule), collection.db.all("select * from revlog")) == before
    assert collection.find_cards("tag:ankigen::retired") == collection.find_cards("Retired:retired") == [id]
    card = collection.get_card(id)
    for side in (card.question(), card.answer()):
        assert "you may suspend or delete it" in side


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_the_same_content_makes_the_same_bytes(tmp_path: Path) -> None:
    """Twice, in another folder, under another umask, time zone, locale and hash seed."""
    made = set()
    for index, (timezone, umask, seed, language) in enumerate(
        [
            ("UTC", 0o022, "0", "C"),
            ("Asia/Tokyo", 0o077, "1", "C.UTF-8"),
            ("America/Lima", 0o002, "random", "de_DE.UTF-8"),
        ]
    ):
        folder = tmp_path / f"copy {index}"
        shutil.copytree(DECKS, folder / "decks")
        shutil.copytree(REPOSITORY / "content", folder / "decks/kms")
        for file in folder.rglob("*"):
            os.utime(file, (index * 1000, index * 1000))
        env = {
            "SOURCE_DATE_EPOCH": str(NOW), "TZ": timezone, "PYTHONHASHSEED": seed, "LC_ALL": language,
            "HOME": str(folder),
        }  # fmt: skip
        result = ankigen(
            "build",
            "decks",
            "-o",
            "out",
            cwd=folder,
            env=env,
            preexec_fn=lambda umask=umask: os.umask(umask) and None,
        )
        assert result.returncode == 0, result.stderr
        made.add(tuple(digest(file) for file in sorted((folder / "out").iterdir())))
    assert len(made) == 1
    assert len(made.pop()) == 5


def other_pythons() -> list[str]:
    """Other Pythons on this machine that can load what is installed for this one."""
    ask = "import sys; print(sys.version_info[:2], sys.version)"
    mine = subprocess.check_output([sys.executable, "-c", ask], text=True)
    found = {}
    for name in ("/usr/bin/python3", "/usr/local/bin/python3", shutil.which("python3") or ""):
        if name and Path(name).exists():
            version = subprocess.check_output([name, "-c", ask], text=True)
            if version != mine and version.split(") ")[0] == mine.split(") ")[0]:
                found[version] = name
    return [sys.executable, *found.values()]


def test_two_clones_of_one_commit_build_the_same_bytes(tmp_path: Path) -> None:
    """On other days, under other names and locales, with each Python: the times are in deck.lock."""
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org"]
    origin = shutil.copytree(DECKS / "kinds", tmp_path / "origin/kinds").parent
    assert ankigen("build", "kinds", "-o", tmp_path / "first.apkg", cwd=origin).returncode == 0
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "release"]):
        subprocess.run([*git, *arguments], cwd=origin, check=True)
    made = {digest(tmp_path / "first.apkg")}
    here = [path for path in sys.path if path.endswith("site-packages")]
    for number, python in enumerate([*other_pythons(), sys.executable]):
        clone = tmp_path / f"clone {number}"
        subprocess.run([*git, "clone", "-q", origin, clone], check=True)
        env = {
            "SOURCE_DATE_EPOCH": str(NOW + number * 86_400), "TZ": ["Asia/Tokyo", "America/Lima"][number % 2],
            "USER": f"user{number}", "LOGNAME": f"user{number}", "HOME": str(clone), "LC_ALL": ["C", "C.UTF-8"][number % 2],
            "PYTHONPATH": os.pathsep.join([str(REPOSITORY), *here]), "PATH": os.environ["PATH"],
        }  # fmt: skip
        command = [python, "-m", "ankigen", "build", "--locked", "kinds", "-o", "x.apkg"]
        result = subprocess.run(command, cwd=clone, env=env, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stdout + result.stderr
        made.add(digest(clone / "x.apkg"))
    assert len(made) == 1


def test_another_time_changes_only_the_times(tmp_path: Path) -> None:
    tables = {}
    for mod in (NOW, NOW + 5):
        file = pack(DECKS / "kinds", tmp_path / f"{mod}.apkg", mod)
        tables[mod] = rows(file, tmp_path / f"{mod}.db")
    strip = [
        {
            table: [[value for value in row if value != mod] for row in found]
            for table, found in tables[mod].items()
        }
        for mod in (NOW, NOW + 5)
    ]
    assert strip[0] == strip[1]


def rows(file: Path, database: Path) -> dict[str, list[Any]]:
    with zipfile.ZipFile(file) as package:
        database.write_bytes(package.read("collection.anki2"))
    with closing(sqlite3.connect(database)) as connection:
        return {table: connection.execute(f"select * from {table}").fetchall() for table in ("notes", "cards")}


def test_the_file_is_a_deflated_zip_with_no_times_in_it(tmp_path: Path) -> None:
    with zipfile.ZipFile(pack(DECKS / "kinds", tmp_path / "k.apkg")) as package:
        entries = package.infolist()
        assert [entry.filename for entry in entries] == ["collection.anki2", "media", "0", "1"]
        assert {entry.compress_type for entry in entries} == {zipfile.ZIP_DEFLATED}
        assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
        names = json.loads(package.read("media"))
        assert list(names.values()) == sorted(names.values())


def test_the_database_has_no_room_left_in_it_and_its_indexes(tmp_path: Path) -> None:
    file = pack(DECKS / "kinds", tmp_path / "k.apkg")
    rows(file, tmp_path / "k.db")
    with closing(sqlite3.connect(tmp_path / "k.db")) as connection:
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert connection.execute("pragma freelist_count").fetchall() == [(0,)]
        indexes = connection.execute(
            "select name from sqlite_master where type = 'index' order by name"
        ).fetchall()
    assert [name for (name,) in indexes] == [
        "ix_cards_nid", "ix_cards_sched", "ix_cards_usn", "ix_notes_csum", "ix_notes_usn", "ix_revlog_cid",
        "ix_revlog_usn",
    ]  # fmt: skip


def test_the_rows_and_the_file_are_never_all_in_memory(tmp_path: Path, root: Callable[..., Path]) -> None:
    """A release of 40 MB of notes is written with a tenth of that, whatever it is made of."""
    content = notes(root())
    note = content.notes[0]
    large = {**note.fields, "Overview": random.Random(1).randbytes(50_000).hex()}
    many = tuple(replace(note, id=f"n{index}", guid=f"g{index}", fields=large) for index in range(400))
    made = release(replace(content, notes=many), NOW)
    tracemalloc.start()
    try:
        written = apkg.write(made, tmp_path / "large.apkg")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    written.draft.keep()
    assert written.cards == 400
    assert (tmp_path / "large.apkg").stat().st_size > 0
    assert peak < 4_000_000


def test_numbers_that_clash_are_told_apart(
    tmp_path: Path, root: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, collection: Any
) -> None:
    """Numbers are hashes: in a very large deck two of them can be the same."""
    monkeypatch.setattr(
        apkg, "number", lambda *parts: 1_000_000_000_000 if parts[0] in ("note", "card") else hash(parts) % 10**12
    )
    content = root({
        "questions/q.yaml": "concept: a\ndifficulty: easy\nquestions:\n"
        + "".join(f"  - {{id: q-{n}, stem: 'What {n}?', answer: It.}}\n" for n in range(20))
    })  # fmt: skip
    log = import_apkg(collection, pack(content, tmp_path / "x.apkg"))
    assert log["new"] == 21
    assert len(collection.find_cards("")) == 21


def test_what_a_learners_history_hangs_on_never_changes(tmp_path: Path) -> None:
    """The golden file was written before the first release. A difference is a new note for every learner."""
    file = pack(DECKS / "kinds", tmp_path / "k.apkg")
    found = rows(file, tmp_path / "k.db")
    with closing(sqlite3.connect(tmp_path / "k.db")) as connection:
        models, decks = map(json.loads, connection.execute("select models, decks from col").fetchone())
    identity = {
        "notes": [[row[0], row[1], row[2], row[5].strip(), row[6].split("\x1f")] for row in found["notes"]],
        "cards": [list(row[:4]) + [row[8]] for row in found["cards"]],
        "note types": {
            key: [model["name"], [[field["name"], field["id"]] for field in model["flds"]]]
            for key, model in models.items()
        },
        "decks": {key: deck["name"] for key, deck in decks.items()},
    }
    golden = DATA / "kinds.golden.json"
    if os.environ.get("ANKIGEN_UPDATE"):
        golden.write_text(json.dumps(identity, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert identity == json.loads(golden.read_text(encoding="utf-8"))

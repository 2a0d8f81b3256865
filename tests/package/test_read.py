"""Packages of every make come out as the same plain data, and damaged ones as one plain line."""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import genanki
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ankigen.package import read as reader
from ankigen.package.read import Collection, MediaFile, PackageError, read
from tests.conftest import DATA, import_apkg, pack


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pack(DATA / "decks" / "kinds", tmp_path_factory.mktemp("ours") / "kinds.apkg")


def export(collection: Any, file: Path, *, legacy: bool) -> Path:
    from anki.collection import ExportAnkiPackageOptions

    options = ExportAnkiPackageOptions(
        with_scheduling=False, with_deck_configs=False, with_media=True, legacy=legacy
    )
    collection.export_anki_package(out_path=str(file), options=options, limit=None)
    return file


@pytest.fixture(scope="module")
def exported(ours: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    """Our package, as Anki gives it out after it has imported it: in both of its formats."""
    pytest.importorskip("anki")
    from anki.collection import Collection

    folder = tmp_path_factory.mktemp("exported")
    collection = Collection(str(folder / "collection.anki2"))
    import_apkg(collection, ours)
    yield {
        name: export(collection, folder / f"{name}.apkg", legacy=name == "legacy") for name in ("legacy", "latest")
    }
    collection.close()


def test_our_own_package_is_read_as_it_was_written(ours: Path) -> None:
    release = read(ours)
    question = next(note for note in release.notes if note.fields["ID"].endswith("/slice-choice"))
    assert question.mod == 1_700_000_000
    assert list(question.fields)[:3] == ["Stem", "Options", "Answer"]
    assert question.fields["Hint"] == "Indexes begin at 0."
    assert {"exam::week-1", "kind::choice"} < set(question.tags)
    note_type = release.note_types[question.note_type]
    assert note_type.fields == tuple(question.fields)
    assert note_type.name.startswith("Choice")
    assert (note_type.field_ids[:3], note_type.field_ids[-1], note_type.templates[0].id) == ((1, 2, 3), 95, 1)
    assert [each.name for each in release.note_types.values() if each.is_cloze] == ["Cloze (every-kind)"]
    assert "{{Options}}" in note_type.templates[0].front
    assert "{{Answer}}" in note_type.templates[0].back
    assert ".option" in note_type.css
    assert question.deck in {deck.name for deck in release.decks.values()}
    bell = (DATA / "decks" / "kinds" / "media" / "bell.mp3").read_bytes()
    name = next(name for name in release.media if name.startswith("bell-"))
    assert release.media[name] == MediaFile(hashlib.blake2b(bell, digest_size=32).hexdigest(), len(bell))


@pytest.mark.parametrize("format", ["legacy", "latest"])
def test_ankis_own_export_of_it_reads_the_same(ours: Path, exported: dict[str, Path], format: str) -> None:
    names = zipfile.ZipFile(exported[format]).namelist()
    assert ("collection.anki21b" in names) == (format == "latest")
    one, other = read(ours), read(exported[format])
    assert {note.guid: note for note in other.notes} == {note.guid: note for note in one.notes}
    assert other.note_types == one.note_types
    # Decks get numbers of the collection's own, and those above them that were missing.
    assert described(other).keys() >= described(one).keys()
    assert other.media == one.media
    assert [note.guid for note in other.notes] == [note.guid for note in one.notes]


def described(release: Collection) -> dict[str, str]:
    return {deck.name: deck.description for deck in release.decks.values()}


def plain_genanki(file: Path) -> Path:
    model = genanki.Model(
        1607392319,
        "Simple",
        fields=[{"name": "Question"}, {"name": "Answer"}],
        templates=[{"name": "Card 1", "qfmt": "{{Question}}", "afmt": "{{Answer}}"}],
    )
    deck = genanki.Deck(2059400110, "Countries::Europe", "About <b>Europe</b>")
    deck.add_note(genanki.Note(model=model, fields=["Capital of France?", "Paris"], tags=["a", "b"]))
    genanki.Package(deck).write_to_file(file)
    return file


def test_a_plain_genanki_deck_is_read(tmp_path: Path) -> None:
    release = read(plain_genanki(tmp_path / "deck.apkg"))
    (note,) = release.notes
    assert note.fields == {"Question": "Capital of France?", "Answer": "Paris"}
    assert note.tags == ("a", "b")
    assert note.deck == "Countries::Europe"
    assert [deck.description for deck in release.decks.values()] == ["About <b>Europe</b>"]
    assert release.note_types[note.note_type].name == "Simple"


@pytest.mark.parametrize("legacy", [True, False])
def test_a_foreign_deck_reads_the_same_from_ankis_export(tmp_path: Path, collection: Any, legacy: bool) -> None:
    file = plain_genanki(tmp_path / "deck.apkg")
    import_apkg(collection, file)
    one, other = read(file), read(export(collection, tmp_path / "exported.apkg", legacy=legacy))
    assert one.notes == other.notes
    assert described(other) == described(one) | {"Countries": ""}
    (template,) = other.note_types[1607392319].templates
    assert (template.front, template.back) == ("{{Question}}", "{{Answer}}")
    assert (template.id, other.note_types[1607392319].field_ids) == (None, (None, None))


@pytest.mark.parametrize("legacy", [True, False])
def test_ids_that_anki_gave_are_read(tmp_path: Path, collection: Any, legacy: bool) -> None:
    """They are any number of 64 bits, with a sign."""
    basic = collection.models.by_name("Basic")
    for field, id in zip(basic["flds"], (-(2**63), 2**63 - 1), strict=True):
        field["id"] = id
    basic["tmpls"][0]["id"] = -1
    collection.models.update_dict(basic)
    note = collection.new_note(collection.models.get(basic["id"]))
    note.fields[0] = "What?"
    collection.add_note(note, 1)
    (note_type,) = read(export(collection, tmp_path / "basic.apkg", legacy=legacy)).note_types.values()
    assert note_type.field_ids == (-(2**63), 2**63 - 1)
    assert note_type.templates[0].id == -1


def test_a_card_in_a_filtered_deck_is_in_its_own(tmp_path: Path) -> None:
    file = rewritten(
        plain_genanki(tmp_path / "deck.apkg"), "UPDATE cards SET odid = did, did = 1", tmp_path / "other.apkg"
    )
    assert read(file).notes[0].deck == "Countries::Europe"


def rewritten(file: Path, script: str, to: Path) -> Path:
    """A package with its collection changed by SQL."""
    with zipfile.ZipFile(file) as package:
        entries = {name: package.read(name) for name in package.namelist()}
    connection = sqlite3.connect(":memory:")
    connection.deserialize(entries["collection.anki2"])
    connection.executescript(script)
    entries["collection.anki2"] = connection.serialize()
    connection.close()
    return zipped(to, entries)


def zipped(file: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in entries.items():
            package.writestr(name, data)
    return file


def refusal(file: Path) -> str:
    with pytest.raises(PackageError) as caught:
        read(file)
    text = str(caught.value)
    assert text.startswith(f"{file}: ")
    assert "\n" not in text
    return text


def test_what_is_no_package_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.apkg").write_text("hello")
    assert "is no .apkg" in refusal(tmp_path / "text.apkg")
    assert "cannot be read" in refusal(tmp_path / "absent.apkg")
    assert "cannot be read" in refusal(tmp_path)
    assert "no collection" in refusal(zipped(tmp_path / "other.zip", {"a.txt": b"a"}))
    assert "newer Anki" in refusal(zipped(tmp_path / "new.apkg", {"meta": b"\x08\x04"}))
    assert "damaged" in refusal(zipped(tmp_path / "bad.apkg", {"collection.anki2": b"no database"}))


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("DROP TABLE notes", "no table `notes`"),
        (
            "DROP TABLE notes; CREATE VIEW notes AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) "
            "SELECT i id, i guid, i mid, i mod, i tags, i flds FROM n",
            "not a plain table",
        ),
        (
            "ALTER TABLE cards RENAME TO old; CREATE TABLE cards (nid, ord, due, did, odid AS (zeroblob(1e9)))",
            "not a plain table",
        ),
        ("UPDATE notes SET mid = 5", "note type of a note"),
        ("UPDATE notes SET mod = 'soon'", "does not fit"),
        ("UPDATE col SET models = '[]'", "does not fit"),
        ("UPDATE col SET models = 'x'", "does not fit"),
        ("DELETE FROM col", "does not fit"),
    ],
)
def test_odd_collections_are_refused(tmp_path: Path, script: str, words: str) -> None:
    assert words in refusal(rewritten(plain_genanki(tmp_path / "deck.apkg"), script, tmp_path / "odd.apkg"))


def test_json_that_is_too_deep_is_refused(tmp_path: Path) -> None:
    script = f"UPDATE col SET decks = '{'[' * 100_000}'"
    assert "does not fit" in refusal(rewritten(plain_genanki(tmp_path / "a.apkg"), script, tmp_path / "b.apkg"))


def test_values_of_odd_types_become_text(tmp_path: Path) -> None:
    script = "UPDATE notes SET guid = 5, tags = x'ff20', flds = 'only one' || x'ff'"
    (note,) = read(rewritten(plain_genanki(tmp_path / "a.apkg"), script, tmp_path / "b.apkg")).notes
    assert note.guid == "5"
    assert note.tags == ("�",)
    assert note.fields["Answer"] == ""


def test_bombs_are_refused(
    tmp_path: Path, ours: Path, exported: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    database = len(zipfile.ZipFile(ours).read("collection.anki2"))
    monkeypatch.setattr(reader, "MAX_DATABASE", database - 1)
    assert "its collection unpacks to more than" in refusal(ours)
    monkeypatch.setattr(reader, "MAX_DATABASE", 1000)
    assert "its collection unpacks to more than" in refusal(exported["latest"])
    monkeypatch.undo()
    media = sum(file.size for file in read(ours).media.values())
    monkeypatch.setattr(reader, "MAX_MEDIA", media)
    read(ours)
    monkeypatch.setattr(reader, "MAX_MEDIA", media - 1)
    assert "its media unpacks to more than" in refusal(ours)
    assert "its media unpacks to more than" in refusal(exported["latest"])


@pytest.mark.slow
def test_a_real_bomb_does_not_fill_the_memory_or_the_disk(tmp_path: Path, exported: dict[str, Path]) -> None:
    """4 GiB of zeros in a few kilobytes: refused at the limit, and nothing of it stays."""
    packer = zstandard.ZstdCompressor(level=1).compressobj()
    zeros = bytes(1 << 24)
    packed = b"".join(packer.compress(zeros) for _ in range(256)) + packer.flush()
    entries = {"meta": b"\x08\x03", "collection.anki21b": packed, "media": b""}
    assert len(packed) < 1 << 20
    assert "2,147,483,648" in refusal(zipped(tmp_path / "bomb.apkg", entries))


def test_names_in_a_package_are_only_names(tmp_path: Path) -> None:
    file = plain_genanki(tmp_path / "deck.apkg")
    with zipfile.ZipFile(file) as package:
        entries = {name: package.read(name) for name in package.namelist()}
    entries |= {"media": json.dumps({"../up": "../../etc/passwd"}).encode(), "../up": b"x"}
    assert list(read(zipped(tmp_path / "odd.apkg", entries)).media) == ["../../etc/passwd"]


def damaged(data: bytes, draw: Callable[[int], int]) -> bytes:
    """Cut off, or with some bits turned."""
    if draw(4) == 0:
        return data[: draw(len(data))]
    changed = bytearray(data)
    for _ in range(1 + draw(8)):
        changed[draw(len(changed))] ^= 1 << draw(8)
    return bytes(changed)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_damage_ends_in_the_one_exception(
    ours: Path, exported: dict[str, Path], tmp_path: Path, seed: int
) -> None:
    """The zip itself is damaged, and what is in it: there, no checksum stands in the way."""
    chance = random.Random(seed)
    source = chance.choice([ours, *exported.values()])
    file = tmp_path / "damaged.apkg"
    if chance.random() < 0.3:
        file.write_bytes(damaged(source.read_bytes(), chance.randrange))
    else:
        with zipfile.ZipFile(source) as package:
            entries = {name: package.read(name) for name in package.namelist()}
        name = chance.choice([name for name in entries if entries[name]])
        entries[name] = content_damaged(name, entries[name], chance.randrange)
        zipped(file, entries)
    try:
        release = read(file)
    except PackageError as error:
        assert "\n" not in str(error)  # noqa: PT017 - either end is a good one
    else:
        assert isinstance(release, Collection)


def content_damaged(name: str, data: bytes, draw: Callable[[int], int]) -> bytes:
    """An entry, damaged; what is compressed within the zip is unpacked for it and packed again."""
    if data[:4] != b"\x28\xb5\x2f\xfd" or draw(4) == 0:
        return damaged(data, draw)
    unpacked = zstandard.ZstdDecompressor().decompressobj().decompress(data)
    return zstandard.ZstdCompressor().compress(damaged(unpacked, draw) if unpacked else b"x")

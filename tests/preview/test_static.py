"""A site in a folder: whole or not at all, and never in the place of what is someone's own."""

from __future__ import annotations

import errno
import os
import resource
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ankigen.preview.site import Page
from ankigen.preview.static import MARKER, SiteError, refuse_overlap, write
from tests.conftest import write_tree
from tests.preview.site import PIXEL, Stand, html

PAGES: dict[str, Page | Exception] = {
    "index.html": html("Start"),
    "concepts/ä b%.html": html("Ä"),
    "media/p.png": Page(PIXEL, "image/png", ""),
}
FEWER: dict[str, Page | Exception] = {"index.html": html("Other")}


def tree(folder: Path) -> dict[str, bytes]:
    """All files of a folder, hidden ones, too."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def body(page: Page | Exception) -> bytes:
    assert isinstance(page, Page)
    return page.body


def test_the_pages_are_written_as_they_are_and_replace_those_before(tmp_path: Path) -> None:
    folder = tmp_path / "deep/er/site"
    assert write(Stand(PAGES), folder) == 3
    first = tree(folder)
    assert first.pop(MARKER) == b'[\n"concepts/\\u00e4 b%.html",\n"index.html",\n"media/p.png",\n".nojekyll"\n]\n'
    assert first.pop(".nojekyll") == b""
    assert first == {name: body(page) for name, page in PAGES.items()}
    before = tree(folder)
    assert write(Stand(dict(reversed(PAGES.items()))), folder) == 3
    assert tree(folder) == before
    folder.chmod(0o750)
    assert write(Stand(FEWER), folder) == 1
    assert sorted(tree(folder)) == [MARKER, ".nojekyll", "index.html"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o750
    assert names(folder.parent) == ["site"]


def test_an_empty_folder_and_a_link_to_one_are_filled(tmp_path: Path) -> None:
    (tmp_path / "real/site").mkdir(parents=True)
    (tmp_path / "link").symlink_to("real/site")
    for pages in (PAGES, FEWER):
        write(Stand(pages), tmp_path / "link")
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "real/site/index.html").read_bytes() == body(pages["index.html"])
    assert names(tmp_path / "real") == ["site"]


@pytest.mark.parametrize(
    "files",
    [
        {"thesis.tex": "x"},
        {".git/HEAD": "x"},
        {"index.html": "x"},
        {MARKER: "", "index.html": "x"},
        {MARKER: "{}"},
        {MARKER: "[1]"},
        {MARKER: "[" * 100_000},
        {MARKER: b"\xff"},
    ],
)
def test_a_folder_that_is_no_site_of_ours_is_left_alone(files: dict[str, str | bytes], tmp_path: Path) -> None:
    folder = write_tree(tmp_path / "own", files)
    before = tree(folder)
    with pytest.raises(SiteError, match=r"own: this folder is not empty, and no site that we have written"):
        write(Stand(PAGES), folder)
    assert tree(folder) == before
    assert names(tmp_path) == ["own"]


@pytest.mark.parametrize("name", ["CNAME", "media/own.png", ".git/HEAD", "new/.gitkeep"])
def test_what_someone_has_put_among_the_pages_is_not_lost(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    write(Stand(PAGES), folder)
    write_tree(folder, {name: "mine", ".DS_Store": "x"})
    before = tree(folder)
    with pytest.raises(SiteError, match=rf"site: `{name}` is not of the site, and would be lost"):
        write(Stand(FEWER), folder)
    assert tree(folder) == before
    (folder / name).unlink()
    write(Stand(FEWER), folder)
    assert sorted(tree(folder)) == [MARKER, ".nojekyll", "index.html"]


def test_a_link_among_the_pages_is_not_lost(tmp_path: Path) -> None:
    write(Stand(PAGES), tmp_path / "site")
    (tmp_path / "mine").mkdir()
    (tmp_path / "site/link").symlink_to(tmp_path / "mine")
    with pytest.raises(SiteError, match=r"`link` is not of the site"):
        write(Stand(PAGES), tmp_path / "site")


@pytest.mark.parametrize("make", [Path.touch, lambda path: path.symlink_to("nowhere"), os.mkfifo])
def test_what_is_no_folder_is_left_alone(make: Callable[[Path], None], tmp_path: Path) -> None:
    make(tmp_path / "site")
    with pytest.raises(SiteError, match=r"site: cannot be written \(it is no folder\)"):
        write(Stand(PAGES), tmp_path / "site")
    assert names(tmp_path) == ["site"]


def test_a_file_in_the_way_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SiteError, match=r"file/site: cannot be written \((Not a directory|File exists)\)"):
        write(Stand(PAGES), tmp_path / "file/site")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_where_nothing_may_be_written_it_is_said(tmp_path: Path) -> None:
    write(Stand(PAGES), tmp_path / "a/site")
    before = tree(tmp_path)
    for folder in (tmp_path / "a/site", tmp_path / "a"):
        folder.chmod(0o555)
        with pytest.raises(SiteError, match=r"site: cannot be written \(Permission denied\)"):
            write(Stand(FEWER), tmp_path / "a/site")
        folder.chmod(0o755)
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (
            FileNotFoundError(errno.ENOENT, "No such file", "media/x.png"),
            r"media/x\.png: cannot be read \(No such",
        ),
        (OSError(errno.ENOSPC, "No space left on device"), r"b\.html: cannot be read \(No space left"),
    ],
)
def test_a_page_that_cannot_be_had_leaves_the_old_site(wrong: Exception, words: str, tmp_path: Path) -> None:
    write(Stand(FEWER), tmp_path / "site")
    before = tree(tmp_path)
    with pytest.raises(SiteError, match=words):
        write(Stand({**PAGES, "b.html": wrong}), tmp_path / "site")
    assert tree(tmp_path) == before
    assert names(tmp_path) == ["site"]


@pytest.mark.parametrize("name", ["../out.html", "a/../../out.html", "/out.html", "", "x/..", "a" * 300 + ".html"])
def test_no_name_leads_out_of_the_folder(name: str, tmp_path: Path) -> None:
    with pytest.raises(SiteError):
        write(Stand({**PAGES, name: html("x")}), tmp_path / "site")
    assert names(tmp_path) == []


def test_what_is_too_much_for_the_disk_leaves_the_old_site(tmp_path: Path) -> None:
    write(Stand(FEWER), tmp_path / "site")
    before = tree(tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard))
    try:
        with pytest.raises(SiteError, match=r"site: cannot be written \(File too large\)"):
            write(Stand({**PAGES, "large.html": html("x" * 2_000_000)}), tmp_path / "site")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert tree(tmp_path) == before
    assert names(tmp_path) == ["site"]


class Interrupted(Stand):
    """Someone presses Ctrl-C while the last page is made."""

    def page(self, path: str) -> Page | None:
        if path == "media/p.png":
            raise KeyboardInterrupt
        return super().page(path)


def test_an_interrupt_leaves_the_old_site(tmp_path: Path) -> None:
    write(Stand(FEWER), tmp_path / "site")
    before = tree(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        write(Interrupted(PAGES), tmp_path / "site")
    assert tree(tmp_path) == before
    assert names(tmp_path) == ["site"]


def test_the_moment_of_change_is_guarded(tmp_path: Path) -> None:
    seen = []

    @contextmanager
    def changing(folder: Path) -> Iterator[None]:
        seen.append(tree(folder)["index.html"])
        yield
        seen.append(tree(folder)["index.html"])

    write(Stand(PAGES), tmp_path / "site")
    write(Stand(FEWER), tmp_path / "site", changing)
    assert seen == [body(PAGES["index.html"]), body(FEWER["index.html"])]


@pytest.mark.parametrize(
    ("folder", "words"),
    [
        ("content", "the deck lies in this folder"),
        (".", "the deck lies in this folder"),
        ("/", "the deck lies in this folder"),
        ("content/../content", "the deck lies in this folder"),
        ("link", "the deck lies in this folder"),
        ("content/media", "this lies among the deck's own files"),
        ("content/media/site", "this lies among the deck's own files"),
        ("content/concepts/a/b", "this lies among the deck's own files"),
        ("link/questions", "this lies among the deck's own files"),
        ("content/site/../media", "this lies among the deck's own files"),
    ],
)
def test_a_site_is_never_among_the_content(folder: str, words: str, root: Callable[..., Path]) -> None:
    content = root()
    Path("link").symlink_to("content")
    with pytest.raises(SiteError, match=words):
        refuse_overlap(Path(folder), content)
    with pytest.raises(SiteError, match=words):
        refuse_overlap(Path(folder).absolute(), Path("link"))


def test_a_site_may_be_beside_the_content(root: Callable[..., Path]) -> None:
    content = root()
    for folder in ("site", "content/site", "content-site", "content/mediaeval", "../x"):
        refuse_overlap(Path(folder), content)


@pytest.mark.parametrize(
    ("depth", "words"), [(1_500, "it lies in too many folders"), (3_000, "File name too long")]
)
def test_a_folder_that_lies_very_deep_is_refused_at_once(
    depth: int, words: str, root: Callable[..., Path]
) -> None:
    content, folder = root(), Path("site", *"a" * depth)
    started = time.process_time()
    refuse_overlap(folder, content)
    with pytest.raises(SiteError, match=words):
        write(Stand({"index.html": html("T")}), folder)
    assert time.process_time() - started < 5

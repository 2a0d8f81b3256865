"""Which files are content."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ankigen.source.discover import NoContentError, files_of, find_targets
from tests.conftest import MINIMAL, write_tree


def roots(*paths: str) -> list[str]:
    return [target.root.as_posix() for target in find_targets(map(Path, paths))]


def test_roots_are_found_below_at_and_above(root: Callable[..., Path], tmp_path: Path) -> None:
    root()
    write_tree(tmp_path / "other/deep", MINIMAL)
    assert roots(".") == ["content", "other/deep"]
    assert roots("content") == ["content"]
    assert roots("content/questions") == ["content"]
    assert roots("content/questions/q.yaml", "content/deck.yaml") == ["content"]
    os.chdir("content/questions")
    assert roots(".") == [".."]


def test_what_is_named_is_what_is_reported(root: Callable[..., Path]) -> None:
    root()
    (target,) = find_targets([Path("content/questions/q.yaml")])
    assert target.only == (Path("content/questions/q.yaml"),)
    (target,) = find_targets([Path("content/questions/q.yaml"), Path("content")])
    assert target.only == ()


@pytest.mark.parametrize("path", ["nowhere", "empty", "empty/file.txt"])
def test_a_path_without_content_says_so(path: str, root: Callable[..., Path], tmp_path: Path) -> None:
    root()
    write_tree(tmp_path / "empty", {"file.txt": ""})
    with pytest.raises(NoContentError, match=path):
        roots(path)


def test_files_come_in_the_order_of_their_paths(root: Callable[..., Path]) -> None:
    content = root({
        "questions/b/z.yaml": "", "questions/a.yml": "", "questions/b-c.yaml": "", "questions/.hidden.yaml": "",
        "questions/notes.txt": "", "media/x/y.png": "", "media/.DS_Store": "", "elsewhere/q.yaml": "",
    })  # fmt: skip
    files = files_of(content)
    assert [file.relative_to(content).as_posix() for file in files.questions] == [
        "questions/a.yml", "questions/b/z.yaml", "questions/b-c.yaml", "questions/q.yaml",
    ]  # fmt: skip
    assert [file.relative_to(content).as_posix() for file in files.media] == ["media/x/y.png"]


def test_gitignore_is_honoured(root: Callable[..., Path], tmp_path: Path) -> None:
    root({
        "questions/.gitignore": "*.tmp.yaml\n!keep.tmp.yaml\n",
        "questions/x.tmp.yaml": "", "questions/keep.tmp.yaml": "",
    })  # fmt: skip
    write_tree(tmp_path, {".git/HEAD": "", ".gitignore": "build/\n"})
    write_tree(tmp_path / "build/copy", MINIMAL)
    assert roots(".") == ["content"]
    assert roots("build") == ["build/copy"]
    names = [file.name for file in files_of(Path("content")).questions]
    assert names == ["keep.tmp.yaml", "q.yaml"]


def test_a_root_inside_a_root_is_its_own(root: Callable[..., Path], tmp_path: Path) -> None:
    content = root()
    write_tree(tmp_path / "content/questions/inner", MINIMAL)
    assert [file.name for file in files_of(content).questions] == ["q.yaml"]
    assert roots("content") == ["content", "content/questions/inner"]


def test_only_near_misses_are_overlooked_and_links_are_not_entered(
    root: Callable[..., Path], tmp_path: Path
) -> None:
    content = root({
        "cells.yaml": "", "notes.txt": "", "question/a.yaml": "", "question/deep/b.yaml": "", "other/c.yaml": "",
        "question/deep/er/b.yaml": "", "concepts/d.yaml.txt": "", "Media/x.txt": "",
    })  # fmt: skip
    (content / "link.yaml").symlink_to(content / "cells.yaml")
    (content / "Questions").symlink_to(content / "other")
    (content / "medias").mkdir(mode=0)
    (content / "question/closed").mkdir(mode=0)
    (content / "question/link").symlink_to(content / "other")
    write_tree(content / "concept", MINIMAL)
    write_tree(content / "question/inner", MINIMAL)
    assert [file.relative_to(content).as_posix() for file in files_of(content).overlooked] == [
        "Media/x.txt", "cells.yaml", "concepts/d.yaml.txt", "question/a.yaml", "question/deep/b.yaml",
    ]  # fmt: skip


def test_a_link_out_of_the_root_is_not_followed(root: Callable[..., Path], tmp_path: Path) -> None:
    content = root()
    (tmp_path / "secret.yaml").write_text("password: x")
    (tmp_path / "content/questions/link.yaml").symlink_to(tmp_path / "secret.yaml")
    with pytest.raises(NoContentError, match=r"link\.yaml"):
        files_of(content)

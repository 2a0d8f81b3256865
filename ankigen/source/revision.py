"""A content root as it stood in a revision of a git repository.

Files are read out of the repository one by one (`git ls-tree`, `git cat-file`): the working copy is left alone,
and no `export-ignore` leaves out what `git archive` would leave out. Names in a repository are not trusted.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

_LINK, _SUBMODULE = "120000", "160000"
_MAX_LINKS = 20
# What git holds in the place of a file that Git LFS keeps elsewhere; the filter that it installs brings the file.
_LARGE_FILE = b"version https://git-lfs.github.com/spec/"


class RevisionError(Exception):
    """A revision cannot be read; its text is one plain line for the user."""


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository by the top of its working copy, and the folder in it that the user means."""

    top: Path
    folder: PurePosixPath

    @classmethod
    def around(cls, folder: Path) -> Repository:
        """The repository that a folder lies in. Raises RevisionError."""
        if not folder.is_dir():
            raise RevisionError(f"{folder}: there is no such folder")
        top = Path(os.path.realpath(_git(folder, "rev-parse", "--show-toplevel").decode().rstrip("\n")))
        here = Path(os.path.realpath(folder))
        if not here.is_relative_to(top):
            raise RevisionError(f"{folder}: lies outside of the repository that git takes it for, {top}")
        return cls(top, PurePosixPath(here.relative_to(top).as_posix()))

    def commit(self, revision: str) -> str:
        """The full name of the commit that a revision means. Raises RevisionError."""
        wrong = RevisionError(f"git knows no revision `{revision}` in {self.top}")
        if not revision or revision.startswith("-") or "\0" in revision:
            raise wrong
        try:
            name = _git(self.top, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        except _GitError:
            raise wrong from None
        return name.decode().strip()

    def roots(self, commit: str) -> list[PurePosixPath]:
        """The content roots of a commit, by their paths from the top. Raises RevisionError."""
        return sorted(
            path.parent for _, _, path in self._tree(commit, PurePosixPath()) if path.name == "deck.yaml"
        )

    def extract(self, commit: str, root: PurePosixPath, to: Path) -> None:
        """Write the files of a folder of a commit below another folder. Raises RevisionError and OSError.

        Links become what they lead to. Those that lead to no file of the folder are left out, as are names that
        not every system can write: a deck whose content needs them is found wanting, others have no use for them.
        """
        files: dict[PurePosixPath, str] = {}
        links: dict[PurePosixPath, str] = {}
        for mode, name, path in self._tree(commit, root):
            inside = path.relative_to(root)
            if {"", ".", ".."} & set(inside.parts) or "\\" in str(inside) or ":" in str(inside):
                continue  # a name that not every system can write, and that no content has
            if mode != _SUBMODULE:
                (links if mode == _LINK else files)[inside] = name
        contents = dict(zip(files, self._blobs(list(files.values())), strict=True))
        targets = dict(zip(links, self._blobs(list(links.values())), strict=True))
        for path, data in contents.items():
            if data.startswith(_LARGE_FILE):
                contents[path] = _git(self.top, "cat-file", "--filters", f"{commit}:{root / path}")
        for path in links:
            if (target := _target(path, targets, contents)) is not None:
                contents[path] = contents[target]
        for path, content in contents.items():
            file = to / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)

    def _tree(self, commit: str, root: PurePosixPath) -> list[tuple[str, str, PurePosixPath]]:
        """The mode, the object's name and the path of each file of a folder, as the commit has it."""
        where = [] if root == PurePosixPath() else ["--", str(root)]
        listed = _git(self.top, "--literal-pathspecs", "ls-tree", "-r", "-z", "--full-tree", commit, *where)
        found = []
        for entry in listed.split(b"\0")[:-1]:
            about, _, path = entry.partition(b"\t")
            mode, _, name = about.decode().split(" ")
            found.append((mode, name, PurePosixPath(os.fsdecode(path))))
        return found

    def _blobs(self, names: list[str]) -> list[bytes]:
        """What objects hold, by their names."""
        answer = _git(self.top, "cat-file", "--batch", stdin="".join(f"{name}\n" for name in names).encode())
        found, at = [], 0
        for _ in names:
            end = answer.index(b"\n", at)
            size = int(answer[at:end].rsplit(b" ", 1)[1])
            found.append(answer[end + 1 : end + 1 + size])
            at = end + size + 2
        return found


def _target(
    link: PurePosixPath, links: dict[PurePosixPath, bytes], files: dict[PurePosixPath, bytes]
) -> PurePosixPath | None:
    """The file that a link leads to in the end; None where that is none of these files."""
    path = link
    for _ in range(_MAX_LINKS):
        target = os.path.normpath(path.parent / os.fsdecode(links[path]))
        path = PurePosixPath(Path(target).as_posix())
        if path.is_absolute() or ".." in path.parts:
            return None
        if path in files and path not in links:
            return path
        if path not in links:
            break
    return None


class _GitError(RevisionError):
    """Git said no."""


def _git(folder: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    try:
        run = subprocess.run(
            ["git", *arguments],
            cwd=folder,
            input=stdin,
            capture_output=True,
            check=False,
            env={**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"},
        )
    except FileNotFoundError:
        raise RevisionError("git is not installed, and a revision cannot be read without it") from None
    except OSError as error:
        raise RevisionError(f"git cannot be run ({error.strerror or error})") from None
    if run.returncode:
        said = run.stderr.decode("utf-8", "replace").strip().splitlines()
        raise _GitError(f"git cannot read {folder}: {said[0] if said else 'it does not say why'}")
    return run.stdout

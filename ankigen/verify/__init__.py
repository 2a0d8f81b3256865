"""Proves with Anki's own backend that a release does a learner no harm.

The new package is imported into an empty collection: every note must come in, every card must render, and every
picture must be there. Then a learner who has the old package studies for some days, tags notes and edits some,
and imports the new package, once as Anki offers it and once with "Always" for updates. What has changed is
compared with what has changed between the two packages.

Any two .apkg files will do, whatever made them. All that is known of them is what Anki makes of them.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from ankigen.verify.compare import Comparison, Outcome, faults, together
from ankigen.verify.harm import Finding, Way
from ankigen.verify.state import State

if TYPE_CHECKING:
    from ankigen.verify.learner import Learner

Tick: TypeAlias = Callable[[], None]
Progress: TypeAlias = Callable[[str, int], AbstractContextManager[Tick]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What Anki, in which version, does with a package and to a learner who has the old one (or this very one).

    `merged` says that the learner had "Merge note types" ticked, once.
    """

    new: Path
    old: Path | None
    seed: int
    anki: str
    notes: int
    learner: Learner
    merged: bool
    outcomes: tuple[Outcome, ...]
    findings: tuple[Finding, ...]

    @property
    def harms(self) -> tuple[Finding, ...]:
        """The findings that are harm."""
        return tuple(finding for finding in self.findings if finding.kind.is_harm)


def _silent(what: str, total: int) -> AbstractContextManager[Tick]:
    return nullcontext(lambda: None)


def _with_notes(state: State, package: Path) -> State:
    """A package's state. Raises PackageError where it has no note: nothing could be proved by that."""
    from ankigen.verify import backend

    if not state.notes:
        raise backend.PackageError(f"{package}: there is no note in this package")
    return state


def verify(
    new: Path, old: Path | None = None, seed: int = 0, progress: Progress = _silent, *, merge: bool = False
) -> Verdict:
    """Try a package on a learner who has studied the `old` one, or the same where there is none.

    With `merge` the learner has "Merge note types" ticked, and imports the package again without it: what was
    merged must not keep Anki from further updates. The same `seed` makes the same learner. `progress` is told what
    is done and how many steps it has. Works in a temporary folder. Raises PackageError, ImportError where Anki is
    not installed, and OSError.
    """
    from ankigen.verify import backend, learner

    with backend.workshop() as folder:
        home = folder / "learner" / "collection.anki2"
        fresh = folder / "new" / "collection.anki2" if old else home
        for file in {home, fresh}:
            file.parent.mkdir()
        with backend.blaming(new), backend.opened(fresh) as collection:
            log = backend.import_package(collection, new)
            new_state = _with_notes(backend.state_of(collection), new)
            with progress("Rendering", len(new_state.cards)) as tick:
                broken = backend.broken_notes(collection, tick)
        with backend.blaming(old or new), backend.opened(home) as collection:
            if old:
                backend.import_package(collection, old)
            old_state = _with_notes(backend.state_of(collection), old or new)
            with progress("Studying", learner.ROUNDS * len(old_state.cards)) as tick:
                made = learner.study(collection, old_state, seed, tick)
            studied = backend.state_of(collection)
        findings = list(faults(new_state, log, broken))
        outcomes = []
        for way in Way:
            file = backend.copy(home, folder / way.value)
            with backend.blaming(new), backend.opened(file) as collection:
                always = way is Way.ALWAYS
                before = learner.edit_now(collection, old_state, studied, new_state) if always else studied
                log = backend.import_package(collection, new, always=always, merge=merge)
                if merge:
                    again = backend.import_package(collection, new, always=always)
                    log = replace(log, conflicting=log.conflicting | again.conflicting)
                after = backend.state_of(collection)
            comparison = Comparison(old_state, new_state, before, after, log, way)
            outcomes.append(comparison.outcome())
            findings += comparison.findings()
    return Verdict(
        new, old, seed, backend.VERSION, len(new_state.notes), made, merge, tuple(outcomes), together(findings)
    )

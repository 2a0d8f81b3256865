"""A verdict written out: for people, and as JSON. `VERSION` rises when a key of it changes its meaning."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ankigen.verify.harm import Finding, Way

if TYPE_CHECKING:
    from ankigen.verify import Verdict

VERSION = 1
_MOST = 10
"""More names than these, and a list is no longer read."""
_WIDTH = 96
_HEADINGS = {Way.DEFAULT: "as offered", Way.ALWAYS: "with “Always”"}


def text(verdict: Verdict) -> Iterator[str]:
    """The report for people, line by line."""
    learner = verdict.learner
    merged = ", both with “Merge note types” ticked, and then again without" if verdict.merged else ""
    yield f"{verdict.new}" + (f" after {verdict.old}" if verdict.old else "") + f", in Anki {verdict.anki}"
    yield ""
    yield from textwrap.wrap(
        f"A learner of {verdict.old or 'this package'} has studied on {learner.rounds} days (cards: "
        f"{learner.cards:,}; notes with own tags: {learner.tagged:,}; edited notes: {learner.edited:,}). "
        f"Now {'the new package' if verdict.old else 'it'} is imported{'' if verdict.old else ' once more'}: as "
        f"Anki offers it, or with “Always” for updates of notes and note types{merged}.",
        _WIDTH,
    )
    yield ""
    yield f"{'':<18}" + "".join(f"{_HEADINGS[outcome.way]:>15}" for outcome in verdict.outcomes)
    for name in ("new", "updated", "untouched", "conflicting", "lost_edits"):
        row = "edits overwritten" if name == "lost_edits" else f"{name} notes"
        yield f"{row:<18}" + "".join(f"{getattr(outcome, name):>15,}" for outcome in verdict.outcomes)
    if any(outcome.lost_edits for outcome in verdict.outcomes):
        yield ""
        yield "Edits are overwritten where a note has really changed, and with “Always” anywhere: that is no harm."
    for finding in verdict.findings:
        yield ""
        yield from _finding(finding)
    yield ""
    yield "Harm: " + ", ".join(each.kind.name for each in verdict.harms) if verdict.harms else "No harm."


def _finding(finding: Finding) -> Iterator[str]:
    where = f" ({', '.join(_HEADINGS[way] for way in finding.ways)})" if len(finding.ways) == 1 else ""
    yield f"{'' if finding.kind.is_harm else 'note: '}{finding.kind.name}{where}: {len(finding.subjects):,}"
    for sentence in (finding.kind.meaning, f"What to do: {finding.kind.remedy}"):
        yield from textwrap.wrap(sentence, _WIDTH, initial_indent="  ", subsequent_indent="  ")
    yield from (f"    {name}" for name in finding.subjects[:_MOST])
    if len(finding.subjects) > _MOST:
        yield f"    and {len(finding.subjects) - _MOST:,} more"


def json_text(verdict: Verdict, program: str) -> str:
    """The verdict as one JSON document, with all names. `program` is the version of ankigen."""
    learner = verdict.learner
    whole = {
        "version": VERSION,
        "ankigen": program,
        "anki": verdict.anki,
        "new": str(verdict.new),
        "old": str(verdict.old) if verdict.old else None,
        "seed": verdict.seed,
        "merge_note_types": verdict.merged,
        "harm": bool(verdict.harms),
        "notes": verdict.notes,
        "learner": {
            "cards": learner.cards,
            "reviews": learner.cards * learner.rounds,
            "tagged": learner.tagged,
            "edited": learner.edited,
            "suspended": learner.suspended,
            "flagged": learner.flagged,
        },
        "imports": {
            outcome.way.value: {
                "new": outcome.new,
                "updated": outcome.updated,
                "untouched": outcome.untouched,
                "conflicting": outcome.conflicting,
                "edits_overwritten": outcome.lost_edits,
            }
            for outcome in verdict.outcomes
        },
        "findings": [
            {
                "kind": finding.kind.name,
                "harm": finding.kind.is_harm,
                "imports": [way.value for way in finding.ways],
                "meaning": finding.kind.meaning,
                "remedy": finding.kind.remedy,
                "subjects": list(finding.subjects),
            }
            for finding in verdict.findings
        ],
    }
    return json.dumps(whole, ensure_ascii=False, indent=2)

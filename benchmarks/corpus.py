"""Makes decks of any size that look like those that people write: the same for the same seed.

    python -m benchmarks.corpus FOLDER --questions 10000 --kind plain

Ten questions are linked to each concept, in a file of their own; 10,000 questions make 2,000 files and about
18 MB. The words are drawn as in a language, few of them often and most of them seldom, and the YAML is laid out as
authors lay it out. `plain` is prose, `code` has code blocks and formulas, and `faults` is `plain` with a fault in
one question of twenty.
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from textwrap import indent, wrap

KINDS = ("plain", "code", "faults")
PER_CONCEPT = 10
"""How many questions are linked to each concept."""
_FAULTY = 0.05
_SYLLABLES = [
    "ba",
    "be",
    "co",
    "da",
    "de",
    "el",
    "fa",
    "ge",
    "in",
    "ja",
    "ka",
    "le",
    "lo",
    "ma",
    "mi",
    "na",
    "no",
    "or",
    "pa",
    "pe",
    "qui",
    "ra",
    "re",
    "sa",
    "so",
    "ta",
    "te",
    "ul",
    "va",
    "ve",
    "wi",
    "xo",
    "zu",
]
_WHO = (
    "A team at {name}",
    "The developers of {name}",
    "An engineer of {name}",
    "A company called {name}",
    "The operators of {name}",
    "A new project of {name}",
)
_DOES = (
    "stores {many} {thing}s a day in {service}",
    "reads {thing}s from {service} and writes each {thing} to a {place}",
    "runs {service} beside {service2} and pays for {many} {thing}s a month",
    "moves a {place} of {many} {thing}s out of {service}",
    "sends every {thing} through {service} before a {place} takes it up",
    "has put {service} in front of a {place}, where {many} {thing}s wait",
)
_BUT = (
    "Since {when}, the {place} {fails} as soon as more than {many} {thing}s arrive at once.",
    "A {thing} must be kept for {many} days and must never reach the {place} unencrypted.",
    "The {thing}s have to be handled in their order, and {service2} {fails} where one is missing.",
    "Nobody may change a {thing} by hand, and the {place} is to cost as little as it can.",
    "In a test with {many} {thing}s, {service2} {fails} after {when}.",
    "An auditor wants to see who has read a {thing} since {when}.",
)
_ASKS = (
    "Which change to {service} meets these needs with the least work?",
    "What should be done first to bring the {place} back into operation?",
    "Which feature of {service} explains what the {thing}s show?",
    "How can the {thing}s be kept apart without a second {place}?",
    "Which setting of {service2} keeps each {thing} from being handled twice?",
    "What does {service} do with a {thing} that the {place} has refused?",
)
_OPTIONS = (
    "Turn on {word} {word2} for the {place}, and let {service} {act} the {thing}s of {when}",
    "Let {service2} {act} each {thing}, and give the {place} a {word} {word2} of {many}",
    "Replace the {place} with a {word} {word2}, so that {service} can {act} every {thing}",
    "Add a {word} {word2} to {service}, and {act} the {thing}s that the {place} leaves over",
    "Keep the {thing}s in {service2} until the {word} {word2} of the {place} can {act} them",
    "Split the {thing}s by {word} {word2}, and have {service} {act} them in the {place}",
)
_WHYS = (
    "The {word} {word2} belongs to {service}; the {place} never sees it, however many {thing}s there are.",
    "It would {act} the {thing}s once more. {service2} has no {word} {word2} that could tell them apart.",
    "This is what the {word} {word2} is for: {service} can {act} a {thing} before the {place} asks for it.",
    "With {many} {thing}s it works; beyond that, the {word} {word2} of {service} {fails}.",
    "A {place} cannot {act} what {service2} has already handed on to a {word} {word2}.",
)
_THINGS = [
    "order",
    "invoice",
    "message",
    "picture",
    "record",
    "ticket",
    "payment",
    "event",
    "document",
    "session",
    "device",
    "report",
]
_PLACES = [
    "queue",
    "table",
    "bucket",
    "stream",
    "cache",
    "cluster",
    "gateway",
    "pipeline",
    "function",
    "registry",
    "worker",
    "scheduler",
]
_ACTS = [
    "encrypt",
    "replay",
    "sort",
    "archive",
    "index",
    "sample",
    "batch",
    "retry",
    "compress",
    "route",
    "replicate",
    "validate",
]
_FAILS = ("fails", "slows down", "runs out of memory", "answers with an error", "stops", "loses its place")
_WHEN = ("last week", "the first of May", "the move", "an hour", "the last release", "midnight", "the merger")
_CODE = '''```python
def {act}_{thing}(client, {thing}s: list[dict]) -> int:
    """{act} what {place} holds, {many} at a time."""
    for start in range(0, len({thing}s), {many}):
        client.{act}(Table="{word}", Items={thing}s[start : start + {many}])
    return len({thing}s)
```'''
_MATHS = "With $n = {many}$ {thing}s and a share of $p$, it takes $\\frac{{n}}{{1 - p^{{{few}}}}}$ calls."


class _Writer:
    """Draws words and sentences. `random` is all that it depends on."""

    def __init__(self, seed: int, kind: str) -> None:
        self.random = random.Random(seed)
        self.kind = kind
        vocabulary = random.Random("vocabulary")
        words = {"".join(vocabulary.choices(_SYLLABLES, k=vocabulary.choice((2, 3, 3, 4)))) for _ in range(4000)}
        self.words = sorted(words)
        vocabulary.shuffle(self.words)
        # Zipf's law, flattened as in technical prose.
        weight = 0.0
        self.weights = [weight := weight + 1 / (rank + 20) for rank in range(len(self.words))]

    def word(self) -> str:
        return self.random.choices(self.words, cum_weights=self.weights)[0]

    def scene(self) -> dict[str, str]:
        """What a question or a part of an overview speaks of."""
        pick = self.random.choice
        return {
            "name": f"{self.word().title()} {self.word().title()}",
            "thing": pick(_THINGS),
            "place": pick(_PLACES),
            "service": f"{self.word().title()} {pick(('Store', 'Flow', 'Keys', 'Front', 'Mesh', 'Watch'))}",
            "service2": f"{self.word().title()} {pick(('Base', 'Link', 'Grid', 'Hub', 'Vault', 'Relay'))}",
            "when": pick(_WHEN),
        }

    def fill(self, template: str, scene: dict[str, str]) -> str:
        word, word2 = self.word(), self.word()
        return template.format(
            **scene,
            many=f"{self.random.randrange(2, 9000):,}",
            few=self.random.randrange(2, 9),
            act=self.random.choice(_ACTS),
            fails=self.random.choice(_FAILS),
            word=word,
            word2=word2 if word2 != word else f"{word2}-{word}",
        )

    def sentence(self, templates: tuple[str, ...], scene: dict[str, str]) -> str:
        return self.fill(self.random.choice(templates), scene)

    def several(self, templates: tuple[str, ...], scene: dict[str, str], count: int) -> Iterator[str]:
        """Sentences of different templates."""
        for template in self.random.sample(templates, count):
            yield self.fill(template, scene)

    def stem(self, scene: dict[str, str]) -> str:
        said = [f"{self.sentence(_WHO, scene)} {self.sentence(_DOES, scene)}."]
        said += self.several(_BUT, scene, self.random.choice((1, 1, 2)))
        if self.kind == "code" and self.random.random() < 0.3:
            code = self.fill(_CODE.replace("{act}", "{{0}}"), scene).replace("{0}", self.random.choice(_ACTS))
            return f"{' '.join(said)}\n\n{code}\n\n{self.sentence(_ASKS, scene)}"
        return " ".join([*said, self.sentence(_ASKS, scene)])

    def explanation(self, scene: dict[str, str]) -> str:
        said = " ".join(self.several(_WHYS, scene, self.random.choice((2, 3, 4))))
        if self.kind == "code" and self.random.random() < 0.4:
            return f"{said}\n\n{self.fill(_MATHS, scene)}"
        return said


def _entry(key: str, text: str, margin: str) -> str:
    """A key with its text, laid out as authors do it."""
    if "\n" in text:
        return f"{margin}{key}: |\n{indent(text, margin + '  ')}\n"
    if len(text) > 80:
        return f"{margin}{key}: >-\n{indent(chr(10).join(wrap(text, 108)), margin + '  ')}\n"
    return f"{margin}{key}: {text}\n"


def _question(writer: _Writer, id: str) -> str:
    scene, pick = writer.scene(), writer.random
    level = pick.choice(("easy", "medium", "medium", "hard"))
    lines = [f"  - id: {id}\n    difficulty: {level}\n"]
    kind = pick.random()
    faulty = writer.kind == "faults" and pick.random() < _FAULTY
    if kind < 0.75:
        stem = writer.stem(scene)
        options = list(writer.several(_OPTIONS, scene, 4))
        correct = pick.randrange(4)
        fault = pick.choice(("twin", "none", "above", "letter", "lead", "twice")) if faulty else ""
        if fault == "twin":
            options[3] = options[0]
        elif fault == "above":
            options[3] = "All of the above"
        elif fault == "lead":
            stem = stem.rpartition(". ")[0] + "."
        elif fault == "twice":
            stem = stem.replace(" the ", " the the ", 1)
        lines += [_entry("stem", stem, "    "), "    options:\n"]
        for number, option in enumerate(options):
            lines.append(f"      - text: {option}\n")
            if number == correct and fault != "none":
                lines.append("        correct: true\n")
            why = writer.sentence(_WHYS, scene) if fault != "letter" else "It says the same as option B does."
            lines.append(_entry("why", why, "        "))
    elif kind < 0.9:
        asks = f"{writer.sentence(_WHO, scene)} {writer.sentence(_DOES, scene)}. {writer.sentence(_ASKS, scene)}"
        lines += [_entry("stem", f"{asks} [](none)" if faulty else asks, "    ")]
        lines += [_entry("answer", writer.sentence(_OPTIONS, scene) + ".", "    ")]
    else:
        words = writer.sentence(_WHYS, scene).split(" ")
        at = pick.randrange(2, len(words) - 2)
        words[at] = f"{{{{c{0 if faulty else 1}::{words[at].strip('.,;:')}}}}}"
        lines += (
            [_entry("cloze", "'" + " ".join(words) + "'", "    ")]
            if len(" ".join(words)) < 78
            else [_entry("cloze", " ".join(words), "    ")]
        )
    lines.append(_entry("explanation", writer.explanation(scene), "    "))
    slug = scene["service"].lower().replace(" ", "-")
    lines.append(f"    references:\n      - title: {scene['service']} ({id})\n")
    lines.append(f"        url: https://docs.example.com/{slug}/{id}.html\n        checked: 2026-05-01\n")
    return "".join(lines)


def _concept(writer: _Writer, id: str, topic: str, before: list[str]) -> str:
    scene = writer.scene()
    lines = [f"id: {id}\ntitle: {scene['service']} and {scene['service2']} {id[-5:]}\ntopic: {topic}\n"]
    lines += [f"difficulty: {writer.random.choice(('easy', 'medium', 'hard'))}\n"]
    lines += [_entry("summary", writer.sentence(_WHYS, scene), ""), "overview:\n"]
    for number in range(writer.random.choice((4, 5, 6))):
        heading = f"{writer.word().title()} {writer.word()}"
        lines.append(f"  - id: part-{number}\n    heading: {heading}\n")
        if number % 2 == 0:
            lines.append(
                _entry(
                    "prompt",
                    writer.fill(f"What does {heading} change for the {{place}} of {{service}}?", scene),
                    "    ",
                )
            )
        if number % 3 == 2:
            body = " ".join(writer.several(_WHYS, scene, 3))
        else:
            facts = [
                f"- **{writer.word().title()} {writer.word()}**: {said}"
                for said in writer.several(_WHYS, scene, 4)
            ]
            body = "\n".join(facts) if number % 2 else "\n".join(facts[:3]) + "\n"
        if writer.kind == "code" and number == 1:
            body = f"{writer.fill(_MATHS, scene)}\n\n{writer.fill(_CODE.replace('{act}', 'handle'), scene)}"
        lines.append(_entry("body", body + "\n" if "\n" not in body and len(body) <= 80 else body, "    "))
    if before and writer.random.random() < 0.3:
        lines.append(f"prerequisites: [{writer.random.choice(before)}]\n")
    lines.append(
        f"references:\n  - title: The book on {scene['service']}\n    url: https://docs.example.com/{id}.html\n"
    )
    lines.append("    checked: 2026-05-01\n")
    return "".join(lines)


_TOPICS = {"design": 30, "security": 30, "operation": 20, "cost": 20}


def make(folder: Path, questions: int, kind: str = "plain", seed: int = 1) -> None:
    """Write a deck of so many questions below a folder, which is made. Raises OSError where there is one."""
    writer = _Writer(seed, kind)
    for name in ("concepts", "questions"):
        (folder / name).mkdir(parents=True, exist_ok=False)
    concepts: list[str] = []
    topics: set[str] = set()
    for number in range(-(-questions // PER_CONCEPT)):
        id = f"concept-{number:05}"
        topic = writer.random.choices(list(_TOPICS), list(_TOPICS.values()))[0]
        text = _concept(writer, id, topic, concepts[-20:])
        (folder / "concepts" / f"{id}.yaml").write_text(text, encoding="utf-8")
        concepts.append(id)
        topics.add(topic)
        count = min(PER_CONCEPT, questions - number * PER_CONCEPT)
        asked = "\n".join(_question(writer, f"q-{number:05}-{each}") for each in range(count))
        (folder / "questions" / f"{id}.yaml").write_text(f"concept: {id}\nquestions:\n{asked}", encoding="utf-8")
    # A small deck may have drawn only some of the topics.
    weights = "".join(
        f"  {topic}:\n    title: {topic.title()}\n    weight: {weight}\n"
        for topic, weight in _TOPICS.items()
        if topic in topics
    )
    deck = f"format: 1\nid: made-up\ntitle: A Deck of {questions:,} Questions\ntopics:\n{weights}"
    (folder / "deck.yaml").write_text(deck, encoding="utf-8")


def edits(folder: Path) -> Callable[[], None]:
    """Gives what edits a deck: each call begins the first explanation of the next file with a word of its own."""
    numbers = count()
    files = sorted((folder / "questions").iterdir())

    def edit() -> None:
        number = next(numbers)
        file = files[number % len(files)]
        text = file.read_text(encoding="utf-8")
        edited = re.sub(r"(explanation: (?:[>|]-?\n)? *)\S+", rf"\g<1>Word{number}", text, count=1)
        file.write_text(edited, encoding="utf-8")

    return edit


def main() -> None:
    """Make a deck, as the command line says."""
    parser = argparse.ArgumentParser(description="Make a deck of any size, the same for the same seed.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--questions", type=int, default=10_000)
    parser.add_argument("--kind", choices=KINDS, default="plain")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    make(given.folder, given.questions, given.kind, given.seed)


if __name__ == "__main__":
    main()

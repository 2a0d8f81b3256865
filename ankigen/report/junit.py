"""JUnit's XML, which most CI servers show as test results: a suite for a file, a failed case for a finding."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from xml.etree import ElementTree

from ankigen.diagnostic import Severity
from ankigen.report import Report

# What XML 1.0 cannot hold.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: Report) -> Iterator[str]:
    """The document. Where nothing was found, one case that passed stands for it."""
    failures = sum(each.severity is Severity.ERROR for each in report.diagnostics)
    top = ElementTree.Element("testsuites", name="ankigen")
    if not report.diagnostics:
        suite = ElementTree.SubElement(top, "testsuite", name="ankigen", tests="1", failures="0", errors="0")
        ElementTree.SubElement(suite, "testcase", name="no findings", classname="ankigen")
    top.set("tests", str(max(1, len(report.diagnostics))))
    top.set("failures", str(failures))
    for path, group in groupby(report.diagnostics, key=lambda each: each.location.path):
        found = list(group)
        failed = sum(each.severity is Severity.ERROR for each in found)
        suite = ElementTree.SubElement(
            top, "testsuite", name=_text(path), tests=str(len(found)), failures=str(failed), errors="0"
        )
        for each in found:
            start = each.location.start
            case = ElementTree.SubElement(
                suite,
                "testcase",
                name=f"{each.code} {each.rule} {start.line}:{start.column}",
                classname=_text(path),
            )
            words = f"{path}:{start.line}:{start.column}: {each.message}" + (f"\n{each.help}" if each.help else "")
            if each.severity is Severity.ERROR:
                failure = ElementTree.SubElement(case, "failure", type=each.rule, message=_text(each.message))
                failure.text = _text(words)
            else:
                ElementTree.SubElement(case, "system-out").text = _text(f"{each.severity}: {words}")
    ElementTree.indent(top)
    yield '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(top, encoding="unicode") + "\n"


def _text(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)

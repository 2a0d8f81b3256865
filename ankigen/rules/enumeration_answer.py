"""C002 enumeration-answer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule, RuleOption
from ankigen.model import Deck, Kind, Question


class EnumerationAnswer(Rule):
    """The answer of a recall question is a list of many items.

    ## Why it is bad

    Lists are the hardest thing to recall: nothing in one item leads to the next. Clozes of the list, or a
    question for each item, are learnt. (Woźniak 1999, rule 9: avoid enumerations.)

    It is off unless asked for.

    ## Example

    ```yaml
    answer: |
      - S3
      - RDS
      - SQS
      - SNS
      - EBS
      - EFS
    ```

    ## Instead

    ```yaml
    cloze: KMS encrypts S3, RDS, {{c1::SQS}} and more.
    ```
    """

    code = "C002"
    severity = Severity.WARNING
    pedantic = True
    options = (RuleOption("items", 5, "the most items of a list", 1),)

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Count the items of the answer's lists."""
        items = len(re.findall(r"^[ \t]*(?:[-*+]|\d+[.)])\s", question.answer, re.MULTILINE))
        if question.kind is Kind.RECALL and items > self.option["items"]:
            help = "ask for each item by what sets it apart, or make gaps in the list"
            yield self.found(question.origin.at("answer"), f"{items} items are hard to recall", help)

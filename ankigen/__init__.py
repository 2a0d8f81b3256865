"""Flashcards as YAML: a linter that reads them as a good examiner would, and decks that Anki imports."""

__version__ = "0.1.0"

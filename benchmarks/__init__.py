"""Measures the program: made-up decks of any size, and races against its peers. It is no part of the package."""

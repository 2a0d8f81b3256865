"""The numbers of a deck: what is kept of each item, what is counted of it, and how programs get it."""

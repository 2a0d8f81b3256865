"""The numbers of a deck: what is kept of each item, what is counted of it, and how that is written for programs."""

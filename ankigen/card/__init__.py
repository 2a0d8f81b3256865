"""What a learner sees: the content as notes, their note types, and the card templates.

Package and preview take the same notes, so that they cannot disagree.
"""

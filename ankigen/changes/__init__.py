"""What changed between two releases, as a learner would notice it: compared, put in words, written out.

Comparison is pure: two `Collection`s give a frozen `Difference`. `outline` puts one in words, and each of the
other modules writes that in one format.
"""

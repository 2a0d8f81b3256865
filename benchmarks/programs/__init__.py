"""Programs that take part in races, each a process of its own: what peers do, and a part of what ankigen does.

Each measures its work without its preparations, and prints what it found as its last line.
"""

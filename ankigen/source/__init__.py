"""Files become text, and text becomes data that knows where each part of it stands.

This room finds the content files, decodes them, reads their YAML and their Markdown. It knows nothing of
decks or rules: it only says what could not be read, and where.
"""

"""Notes become an .apkg: identities, the database, the file. The only room that imports genanki."""

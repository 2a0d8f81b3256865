"""The rules, one a file. The linter finds them by walking this folder."""

"""The deck as pages of a browser: what learners will see, and what the linter says, side by side."""

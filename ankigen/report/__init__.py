"""What was found, written out: one format a file. A report is a function of the findings alone."""

"""A Content as HTML and as plain text: Django templates, no database, nothing that differs from person to person."""

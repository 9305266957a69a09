"""The words for every code of engine and models, in the reader's language. No numbers are made and no markup here."""

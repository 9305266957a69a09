"""The renderer's promises to writers, editors and readers."""

"""Readers of outside sources and formats: each returns frozen records and never saves."""

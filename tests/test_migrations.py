"""The database can be built forwards, and models never run ahead of their migrations."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


@pytest.mark.django_db
def test_no_model_waits_for_a_migration() -> None:
    call_command("makemigrations", "--check", "--dry-run", stdout=StringIO())


@pytest.mark.django_db
def test_every_migration_is_named_by_hand() -> None:
    loader = MigrationExecutor(connection).loader
    ours = [name for app, name in loader.disk_migrations if app in {"evidence", "articles"}]
    assert ours
    assert not [name for name in ours if "auto_" in name or name.endswith("_initial")]


@pytest.mark.django_db(transaction=True)
def test_every_migration_can_be_taken_back_and_made_again() -> None:
    MigrationExecutor(connection).migrate([("articles", None), ("evidence", None)])
    assert "evidence_study" not in connection.introspection.table_names()
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    assert {"evidence_study", "articles_edition"} <= set(connection.introspection.table_names())

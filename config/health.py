"""Two addresses for whoever watches the machines: am I running, and can I serve. No secrets in the answers."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@never_cache
@require_safe
def alive(_request: HttpRequest) -> JsonResponse:
    """Answer 200 while the process runs, whatever the state of the database."""
    return JsonResponse({"alive": True})


@never_cache
@require_safe
def ready(_request: HttpRequest) -> JsonResponse:
    """Answer 200 when the database answers and has every migration, else 503 with the reason."""
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return JsonResponse({"ready": False, "reason": "the database does not answer"}, status=503)
    if waiting:
        return JsonResponse({"ready": False, "reason": f"{len(waiting)} migrations wait"}, status=503)
    return JsonResponse({"ready": True})

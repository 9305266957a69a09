"""The pages for what is not there and for what went wrong. They help; they never explain themselves with a trace."""

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, HttpResponseServerError
from django.shortcuts import render
from django.template import loader


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer 404 with ways on."""
    return HttpResponseNotFound(render(request, "404.html").content)


def server_error(_request: HttpRequest) -> HttpResponse:
    """Answer 500 from a template that needs no context and no database."""
    return HttpResponseServerError(loader.render_to_string("500.html"))

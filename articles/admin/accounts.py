"""Sign-ins and roles at the desk, for those who manage accounts; a superuser may begin where nobody does yet."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from config.rights import Action, may

admin.site.unregister(User)
admin.site.unregister(Group)


class AccountRights:
    """Every right is that of managing accounts; nothing is ever deleted, for the trail names everyone."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Find it in the navigation."""
        return manages(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        """Look."""
        return manages(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Add."""
        return manages(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Change; a superuser's account only as a superuser."""
        is_above = isinstance(obj, User) and obj.is_superuser and not _is_superuser(request.user)
        return manages(request.user) and not is_above

    def has_delete_permission(self, _request: HttpRequest, _obj: Model | None = None) -> bool:
        """Nobody: deactivate the account instead."""
        return False


@admin.register(User)
class AccountAdmin(AccountRights, UserAdmin):  # type: ignore[type-arg]
    """People who sign in; their roles are their groups."""

    list_display = ("username", "first_name", "last_name", "roles", "is_active", "is_staff", "last_login")
    list_filter = ("groups", "is_active", "is_staff")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Name"), {"fields": (("first_name", "last_name"), "email")}),
        (_("Roles"), {"fields": ("is_active", "is_staff", "groups")}),
        (_("Dates"), {"fields": (("last_login", "date_joined"),)}),
    )
    readonly_fields = ("last_login", "date_joined")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Read the roles along."""
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=_("roles"))
    def roles(self, user: User) -> str:
        """Name the groups."""
        return ", ".join(group.name for group in user.groups.all())


@admin.register(Group)
class RoleAdmin(AccountRights, GroupAdmin):
    """Roles by name. What a role may do is the matrix in config/rights.py, never Django's permissions."""

    fields = ("name",)
    readonly_fields = ()


def manages(user: Any) -> bool:
    """Say whether `user` manages accounts."""
    return may(user, Action.MANAGE_ACCOUNTS) or _is_superuser(user)


def _is_superuser(user: Any) -> bool:
    return bool(user.is_active and user.is_superuser)

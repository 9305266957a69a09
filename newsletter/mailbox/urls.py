"""The mailbox's addresses, under /mailbox/ in every language, and only when EMBEDDED. Names read mailbox:thing-action."""

from django.urls import path, re_path

from newsletter.mailbox import views

app_name = "mailbox"
urlpatterns = [
    path("", views.mail_list, name="mail-list"),
    re_path(r"^(?P<name>[0-9]{20}-[0-9a-f]{8})/$", views.mail_detail, name="mail-detail"),
    re_path(
        r"^(?P<name>[0-9]{20}-[0-9a-f]{8})/(?P<part>text|html|headers|source)/$",
        views.mail_detail,
        name="mail-part",
    ),
    re_path(r"^(?P<name>[0-9]{20}-[0-9a-f]{8})/frame/$", views.mail_frame, name="mail-frame"),
]

"""The public addresses. Each name reads app:thing-action; languages come from config/urls.py."""

from django.urls import path

from articles.views import front, people, reading

app_name = "articles"
urlpatterns = [
    path("", front.home, name="home"),
    path("topics/<slug:slug>/", front.hub_detail, name="hub-detail"),
    path("articles/<slug:slug>/", reading.article_detail, name="article-detail"),
    path(
        "articles/<slug:slug>/versions/<int:major>.<int:minor>/",
        reading.article_version,
        name="article-version",
    ),
    path("people/<slug:slug>/", people.person_detail, name="person-detail"),
    path("about/", people.about, name="about"),
    path("privacy/", people.privacy, name="privacy"),
]

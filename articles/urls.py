"""The public addresses. Each name reads app:thing-action; languages come from config/urls.py."""

from django.urls import path

from articles.views import claim_list, claims, front, method, people, reading, reference_files, studies

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
    path(
        "articles/<slug:slug>/references.<slug:form>",
        reference_files.article_references,
        name="article-references",
    ),
    path(
        "articles/<slug:slug>/versions/<int:major>.<int:minor>/references.<slug:form>",
        reference_files.version_references,
        name="version-references",
    ),
    path("claims/", claim_list.claim_list, name="claim-list"),
    path("claims/<slug:slug>/", claims.claim_detail, name="claim-detail"),
    path("claims/<slug:slug>/grades/<int:number>/", claims.grade_detail, name="grade-detail"),
    path("claims/<slug:slug>/grades/<int:number>/dossier.json", claims.grade_dossier, name="grade-dossier"),
    path("claims/<slug:slug>/grades/<int:number>/verdict.json", claims.grade_verdict, name="grade-verdict"),
    path(
        "claims/<slug:slug>/references.<slug:form>", reference_files.claim_references, name="claim-references"
    ),
    path("studies/<slug:citekey>.<slug:form>", reference_files.study_reference, name="study-reference"),
    path("studies/<slug:citekey>/", studies.study_detail, name="study-detail"),
    path("how-we-grade/", method.how_we_grade, name="how-we-grade"),
    path("people/<slug:slug>/", people.person_detail, name="person-detail"),
    path("about/", people.about, name="about"),
    path("privacy/", people.privacy, name="privacy"),
]

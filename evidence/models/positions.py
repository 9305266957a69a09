"""What others hold of a claim: regulators, clinical bodies, outside graders, blind second readers; and its mechanism."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from evidence.models.claims import Claim
from evidence.models.codes import Answer, BenchmarkGrade, Layer, Question, RecheckVerdict, Relevance, Stance


class Authority(models.Model):
    """A regulator (L4) or clinical body (L5) whose positions we record."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_en = models.CharField(_("name (English)"), max_length=200)
    name_zh_hant = models.CharField(_("name (Chinese)"), max_length=200)
    layer = models.CharField(
        _("layer"), max_length=3, choices=[(Layer.L4.value, Layer.L4.label), (Layer.L5.value, Layer.L5.label)]
    )
    country = models.CharField(
        _("country"), max_length=2, blank=True, help_text=_("ISO code; EU for the Union.")
    )
    url = models.URLField(_("address"), blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("authority")
        verbose_name_plural = _("authorities")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(layer__in=["L4", "L5"]), name="authority_layer_is_known")
        ]

    def __str__(self) -> str:
        return self.name_en


class Position(models.Model):
    """What an authority holds of a claim, with its words and where they stand."""

    claim = models.ForeignKey(
        Claim, verbose_name=_("claim"), on_delete=models.PROTECT, related_name="positions"
    )
    authority = models.ForeignKey(
        Authority, verbose_name=_("authority"), on_delete=models.PROTECT, related_name="positions"
    )
    stance = models.CharField(_("stance"), max_length=12, choices=Stance.choices)
    relevance = models.CharField(_("relevance"), max_length=10, choices=Relevance.choices)
    relevance_reason_en = models.TextField(_("why this relevance (English)"), blank=True)
    relevance_reason_zh_hant = models.TextField(_("why this relevance (Chinese)"), blank=True)
    summary_en = models.TextField(_("in our words (English)"), blank=True)
    summary_zh_hant = models.TextField(_("in our words (Chinese)"), blank=True)
    quote = models.TextField(_("quote"), blank=True, help_text=_("In full, in the original language."))
    quote_language = models.CharField(_("language of the quote"), max_length=12, blank=True)
    quote_context = models.TextField(
        _("around the quote"), blank=True, help_text=_("What stands before and after it, or what it answers.")
    )
    translation_en = models.TextField(_("translation (English)"), blank=True)
    translation_zh_hant = models.TextField(_("translation (Chinese)"), blank=True)
    url = models.URLField(_("address"), max_length=500, blank=True)
    issued_on = models.DateField(_("issued"), null=True, blank=True)
    seen_on = models.DateField(_("seen"), null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("position")
        verbose_name_plural = _("positions")
        ordering = ["claim_id", "authority__layer", "authority__code"]
        constraints = [
            models.UniqueConstraint(fields=["claim", "authority"], name="position_of_authority_once")
        ]

    def __str__(self) -> str:
        return f"{self.authority}: {self.get_stance_display()}"


class MechanismAnswer(models.Model):
    """The answer to one of the five questions of mechanism (layer L3). No row: not assessed."""

    claim = models.ForeignKey(
        Claim, verbose_name=_("claim"), on_delete=models.PROTECT, related_name="mechanism"
    )
    question = models.CharField(_("question"), max_length=14, choices=Question.choices)
    answer = models.CharField(_("answer"), max_length=8, choices=Answer.choices)
    reason_en = models.TextField(_("why (English)"), blank=True)
    reason_zh_hant = models.TextField(_("why (Chinese)"), blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("answer on mechanism")
        verbose_name_plural = _("answers on mechanism")
        ordering = ["claim_id", "question"]
        constraints = [models.UniqueConstraint(fields=["claim", "question"], name="mechanism_question_once")]

    def __str__(self) -> str:
        return f"{self.get_question_display()} {self.get_answer_display()}"


class Benchmark(models.Model):
    """The grade an outside grader gives the same claim (layer L1)."""

    claim = models.ForeignKey(
        Claim, verbose_name=_("claim"), on_delete=models.PROTECT, related_name="benchmarks"
    )
    code = models.SlugField(_("code"), max_length=40)
    source_en = models.CharField(_("grader (English)"), max_length=160)
    source_zh_hant = models.CharField(_("grader (Chinese)"), max_length=160, blank=True)
    grade = models.CharField(_("grade"), max_length=1, choices=BenchmarkGrade.choices)
    url = models.URLField(_("address"), max_length=500, blank=True)
    seen_on = models.DateField(_("seen"), null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("benchmark")
        verbose_name_plural = _("benchmarks")
        ordering = ["claim_id", "code"]
        constraints = [models.UniqueConstraint(fields=["claim", "code"], name="benchmark_code_once")]

    def __str__(self) -> str:
        return f"{self.source_en}: {self.grade}"


class Recheck(models.Model):
    """The verdict of an independent reader who was blind to the other layers (layer L11)."""

    class Kind(models.TextChoices):
        """Who read."""

        PERSON = "person", _("Person")
        MODEL = "model", _("Language model")

    claim = models.ForeignKey(
        Claim, verbose_name=_("claim"), on_delete=models.PROTECT, related_name="rechecks"
    )
    code = models.SlugField(_("code"), max_length=40)
    verdict = models.CharField(_("verdict"), max_length=14, choices=RecheckVerdict.choices)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    reader_en = models.CharField(_("reader (English)"), max_length=160)
    reader_zh_hant = models.CharField(_("reader (Chinese)"), max_length=160, blank=True)
    done_on = models.DateField(_("done"))
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("blind re-check")
        verbose_name_plural = _("blind re-checks")
        ordering = ["claim_id", "code"]
        constraints = [models.UniqueConstraint(fields=["claim", "code"], name="recheck_code_once")]

    def __str__(self) -> str:
        return f"{self.reader_en}: {self.get_verdict_display()}"

"""The public forms: they read what was typed. What may be done with it, and what is wrong with it, verbs say."""

from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from config.refusal import Refused
from evidence.models import Claim
from newsletter import sundays
from newsletter.models import Subscriber
from newsletter.verbs import subscription

# A language is named in itself, so that whoever needs it can read it.
LANGUAGES = [("en", "English"), ("zh-hant", "繁體中文")]
REGIONS = {
    "Africa": pgettext_lazy("region of time zones", "Africa"),
    "America": pgettext_lazy("region of time zones", "America"),
    "Antarctica": pgettext_lazy("region of time zones", "Antarctica"),
    "Arctic": pgettext_lazy("region of time zones", "Arctic"),
    "Asia": pgettext_lazy("region of time zones", "Asia"),
    "Atlantic": pgettext_lazy("region of time zones", "Atlantic"),
    "Australia": pgettext_lazy("region of time zones", "Australia"),
    "Europe": pgettext_lazy("region of time zones", "Europe"),
    "Indian": pgettext_lazy("region of time zones", "Indian Ocean"),
    "Pacific": pgettext_lazy("region of time zones", "Pacific"),
}
OTHERS = pgettext_lazy("region of time zones", "Other names")


def zones_by_region(chosen: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the time zones to choose from, by region; names of countries and UTC come last, under one heading.

    A zone chosen before, under a name no longer offered, stays among them.
    """
    groups: dict[str, list[tuple[str, str]]] = {region: [] for region in [*REGIONS, ""]}
    offered = sundays.time_zones()
    unlisted = [chosen] if chosen not in offered and sundays.is_time_zone(chosen) else []
    for name in (*offered, *unlisted):
        region, _slash, place = name.partition("/")
        known = region in REGIONS
        label = (place if known else name).replace("_", " ")
        groups[region if known else ""].append((name, label))
    return [(str(REGIONS.get(region, OTHERS)), zones) for region, zones in groups.items()]


class LanguageSelect(forms.Select):
    """A choice of languages, each option marked with its own."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Mark the option."""
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        option["attrs"]["lang"] = {"zh-hant": "zh-Hant"}.get(str(value), str(value))
        return option


class RefusableForm(forms.Form):
    """A form that can say a verb's refusal beside the field it is about."""

    FIELDS: dict[str, str] = {}  # the code of a refusal -> the field

    def refuse(self, refusal: Refused) -> None:
        """Put a verb's no where it belongs."""
        self.add_error(self.FIELDS.get(refusal.code), refusal.message)


class ChoicesForm(RefusableForm):
    """What a reader may choose about the brief."""

    FIELDS = {"language": "language", "time_zone": "time_zone", "followed": "followed"}

    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, widget=LanguageSelect)
    # Not a choice for the form: browsers also report older names than the ones offered. The verb knows them.
    time_zone = forms.CharField(label=_("Time zone"), max_length=64)
    plain = forms.BooleanField(label=_("Plain text only"), required=False)


class GuardedForm(RefusableForm):
    """A form anybody may send: an address, a trap for machines, and when the form was shown."""

    FIELDS = {"address": "email"}

    # No EmailField: what an address is, is said once, in addresses.py.
    email = forms.CharField(
        label=_("Your email address"),
        max_length=320,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    shown = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def is_from_a_machine(self) -> bool:
        """Say whether the trap was filled, which nobody who sees the page would do."""
        return bool(self.data.get("website"))


class AskForm(GuardedForm, ChoicesForm):
    """Asking for the brief."""

    FIELDS = {**ChoicesForm.FIELDS, **GuardedForm.FIELDS}


class LinkForm(GuardedForm):
    """Asking for a link to one's preferences."""


class PreferencesForm(ChoicesForm):
    """Everything a reader may set."""

    followed = forms.ModelMultipleChoiceField(
        label=_("Claims you follow"), queryset=Claim.objects.none(), to_field_name="code", required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["followed"]
        field.queryset = subscription.followable()

    @classmethod
    def of(cls, subscriber: Subscriber) -> "PreferencesForm":
        """Return the form as it stands for a reader."""
        return cls(
            initial={
                "language": subscriber.language,
                "time_zone": subscriber.time_zone,
                "plain": subscriber.plain,
                "followed": list(subscriber.followed.values_list("code", flat=True)),
            }
        )


def own_language() -> str:
    """Return the language a form begins with: its page's."""
    own = (get_language() or "en").lower()
    return own if own in dict(LANGUAGES) else "en"

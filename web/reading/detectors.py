"""The detectors as the scorecard editor offers them: what each looks at, its answers and its settings, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from scoring.detectors.catalogue import DETECTORS
from scoring.moves import catalogue
from scoring.pack_checks import known_groups
from scoring.standard_criteria import SETTINGS
from scoring.standards import in_language


@dataclass(frozen=True, slots=True)
class DetectorChoice:
    """One detector: `levels` are (id, words) from worst to best, `settings` what can be set."""

    name: str
    label: str
    about: str
    levels: tuple[tuple[str, str], ...]
    settings: tuple[dict[str, Any], ...]

    def to_json(self) -> dict[str, Any]:
        """For the page's script."""
        return {
            "name": self.name,
            "label": self.label,
            "about": self.about,
            "levels": [{"id": level, "label": label} for level, label in self.levels],
            "settings": list(self.settings),
        }


def detector_choices() -> tuple[DetectorChoice, ...]:
    """Every detector, a person's own answer first."""
    words, levels, settings = _words(), level_words(), _setting_words()
    made = []
    for spec in DETECTORS.values():
        label, about = words.get(spec.name, (spec.name, ""))
        fields = [
            {
                "key": key,
                "label": settings.get(key, key),
                "required": key in spec.required,
                "type": "number" if key in spec.numbers else "groups" if key == "groups" else "choice",
                "choices": [{"id": one, "label": settings.get(f"{key}.{one}", one)} for one in SETTINGS.get(key, ())],
            }
            for key in (*spec.required, *spec.optional)
        ]
        made.append(
            DetectorChoice(
                spec.name,
                label,
                about,
                tuple((level, levels.get(f"{spec.name}.{level}", levels.get(level, level))) for level in spec.levels),
                tuple(fields),
            )
        )
    return tuple(made)


def detector_label(name: str) -> str:
    """A detector in a few words."""
    return _words().get(name, (name, ""))[0]


def group_choices(language: str) -> list[dict[str, str]]:
    """The rule packs' groups of phrases with their words, for the detectors that look for phrases."""
    named = {
        group: in_language(move.label, language) for move in catalogue().moves.values() for group in move.groups[:1]
    }
    rows = [{"id": group, "label": named.get(group, "")} for group in sorted(known_groups())]
    return sorted(rows, key=lambda row: (not row["label"], row["label"].casefold(), row["id"]))


def _words() -> dict[str, tuple[str, str]]:
    return {
        "person": (_("A person"), _("Only a reviewer answers; the machine leaves it open.")),
        "says": (
            _("Says a phrase"),
            _("One of the chosen kinds of phrases is said, in the part of the call you choose."),
        ),
        "no_phrase": (_("Avoids a phrase"), _("None of the chosen kinds of phrases is said anywhere in the call.")),
        "greeting": (_("Greeting"), _("The rep greets and says their own name, at the beginning.")),
        "company": (_("Company named"), _("The rep names the company they call for.")),
        "needs_questions": (_("Questions about needs"), _("How many questions about the client’s needs the rep asks.")),
        "open_questions": (_("Open questions"), _("The rep asks questions that cannot be answered by yes or no.")),
        "price_given": (_("Price given"), _("The rep states a price.")),
        "objections_handled": (
            _("Objections handled"),
            _("The worst outcome over the call’s objections: ignored, started, partly or fully handled."),
        ),
        "objections_understood": (
            _("Objections understood"),
            _("Every objection is acknowledged or clarified before it is answered."),
        ),
        "objections_calm": (
            _("Calm at objections"),
            _("No arguing, no cutting off and no instant discount when the client objects."),
        ),
        "next_step": (_("Next step"), _("What happens next is agreed, with a date or without.")),
        "talk_share": (_("Share of talk"), _("The rep’s share of the talking time lies between two bounds.")),
        "lets_finish": (_("Lets the client finish"), _("How often a minute the rep interrupts the client.")),
    }


def level_words() -> dict[str, str]:
    """What detectors find, in words."""
    return {
        "absent": _("not found"),
        "present": _("found"),
        "said": _("said"),
        "clean": _("never said"),
        "neither": _("neither"),
        "one": _("one of the two"),
        "both": _("both"),
        "few": _("too few"),
        "some": _("some"),
        "enough": _("enough"),
        "missed": _("ignored"),
        "started": _("started"),
        "partial": _("partly handled"),
        "handled": _("handled"),
        "faulty": _("argued or gave way"),
        "calm": _("stayed calm"),
        "none": _("no step"),
        "undated": _("a step without a date"),
        "dated": _("a step with a date"),
        "outside": _("outside the bounds"),
        "inside": _("inside the bounds"),
        "interrupts": _("interrupts"),
        "listens": _("lets finish"),
    }


def _setting_words() -> dict[str, str]:
    return {
        "groups": _("Kinds of phrases"),
        "role": _("Who says it"),
        "role.rep": _("the rep"),
        "role.client": _("the client"),
        "window": _("Where in the call"),
        "window.opening": _("at the beginning"),
        "window.close": _("at the end"),
        "window.anywhere": _("anywhere"),
        "applies": _("When it counts"),
        "applies.always": _("in every call"),
        "applies.raised": _("only when the price came up"),
        "some": _("Some: from how many"),
        "enough": _("Enough: from how many"),
        "least": _("At least"),
        "most": _("At most"),
    }

"""What is wrong with a draft, in the viewer's language: the reader's sentences that people meet in the editor."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from flask_babel import gettext as _

from review.scorecards.bodies import Fault

_KNOWN: Final[tuple[tuple[str, Callable[[dict[str, str]], str]], ...]] = (
    (r"'en' is missing in '.*'", lambda m: _("The English words are missing: they stand in for other languages.")),
    (r"'(?:question|title|label)' is missing in '.*'", lambda m: _("The words are missing.")),
    (r"'weight' is missing.*", lambda m: _("The weight is missing.")),
    (r"'(?P<what>.*)' is not a number", lambda m: _("This is not a number: %(what)s.", what=m["what"])),
    (r"the id '(?P<id>.*)' is used twice", lambda m: _("The id “%(id)s” is used twice.", id=m["id"])),
    (
        r"'(?P<id>.*)' is not an id",
        lambda m: _("“%(id)s” cannot be an id: small letters, digits, - and _.", id=m["id"]),
    ),
    (r"there is no section", lambda m: _("There is no section yet.")),
    (r"the section has no criterion", lambda m: _("The section has no criterion: add one or remove the section.")),
    (
        r"(?P<count>\d+) characters are too many: at most (?P<most>\d+) fit",
        lambda m: _("This has %(count)s characters; at most %(most)s fit.", **m),
    ),
    (r"all weights are zero.*", lambda m: _("All weights are zero, so no call could be scored.")),
    (r"a criterion needs at least two options", lambda m: _("At least two options are needed.")),
    (r"all options give the same points", lambda m: _("All options give the same points: the best needs more.")),
    (r"a bonus can only add", lambda m: _("A bonus can only add: its lowest answer gives 0 points.")),
    (
        r"the option '(?P<better>.*)' gives more points than '(?P<worse>.*)' but fails more",
        lambda m: _("“%(better)s” gives more points than “%(worse)s” but fails more.", **m),
    ),
    (
        r"the detector '.*' finds '(?P<level>.*)', which .* option stands for",
        lambda m: _("Exactly one option must stand for what the detector finds: “%(level)s”.", level=m["level"]),
    ),
    (
        r"no criterion with options stands before this one under the id '(?P<id>.*)'",
        lambda m: _("The condition names “%(id)s”, which has to stand before this criterion.", id=m["id"]),
    ),
    (
        r"'(?P<answer>.*)' is no answer of '(?P<id>.*)'",
        lambda m: _("The condition names an answer that “%(id)s” does not have: %(answer)s.", **m),
    ),
    (r"there is no answer", lambda m: _("The condition names no answer.")),
    (
        r"there is no group|'groups' is missing.*|'.*' needs more",
        lambda m: _("Choose what is looked for."),
    ),
    (r"the most is not above the least", lambda m: _("The best number must lie above the worst.")),
    (r"the range has more than \d+ steps", lambda m: _("The range has too many steps: use a larger one.")),
    (r"the range is not a whole number of steps", lambda m: _("The step does not lead from the worst to the best.")),
    (r"'below' lies outside the range", lambda m: _("The auto-fail lies outside the range.")),
    (r"'(?P<what>.*)' is not a whole number", lambda m: _("“%(what)s” must be a whole number.", **m)),
    (r"'(?P<what>.*)' is neither true nor false", lambda m: _("“%(what)s” must be yes or no.", **m)),
    (r"'(?P<what>.*)' is empty", lambda m: _("“%(what)s” is empty.", **m)),
    (
        r"'(?P<what>.*)' is not (?:text|a list|a mapping)",
        lambda m: _("“%(what)s” has a form that cannot be read.", **m),
    ),
    (
        r"'(?P<what>.*)' is not known in '(?P<place>.*)'",
        lambda m: _("“%(what)s” is nothing a scorecard has there (%(place)s).", **m),
    ),
    (r"'(?P<what>.*)' is given twice in '.*'", lambda m: _("“%(what)s” is given twice.", **m)),
    (r"'(?P<what>.*)' is missing in '(?P<place>.*)'", lambda m: _("“%(what)s” is missing (%(place)s).", **m)),
    (
        r"a bonus criterion has no weight.*",
        lambda m: _("A bonus has no weight: its points are added to the score."),
    ),
    (
        r"'(?P<detector>.*)' finds no answer of the kind '.*'",
        lambda m: _("The detector “%(detector)s” cannot answer this kind of criterion: people do.", **m),
    ),
    (
        r"'(?P<detector>.*)' finds \d+ answers, not two",
        lambda m: _("The detector “%(detector)s” does not answer with yes or no: choose another or give options.", **m),
    ),
    (r"the options are not 'yes' and 'no'", lambda m: _("The options of this kind are yes and no.")),
    (r"'(?P<id>.*)' is kept for the machine", lambda m: _("“%(id)s” is kept for the machine: choose another id.", **m)),
    (r"an alias \(\*name\) is used", lambda m: _("The file uses an alias (*name): write the part out.")),
    (r"the file is empty", lambda m: _("The file is empty.")),
    (r"not YAML.*", lambda m: _("The file is no YAML: check indentation, quotes and colons.")),
)

_WITH_BOUNDS: Final[tuple[tuple[str, Callable[[dict[str, str]], str]], ...]] = (
    (
        r"'(?P<what>.*)' is (?P<value>.*); write a number of at least (?P<least>\S+) and at most (?P<most>\S+)",
        lambda m: _("“%(what)s” is %(value)s: write a number from %(least)s to %(most)s.", **m),
    ),
    (
        r"'(?P<what>.*)' is (?P<value>.*); write a number of at least (?P<least>\S+)",
        lambda m: _("“%(what)s” is %(value)s: write a number of at least %(least)s.", **m),
    ),
    (
        r"'(?P<what>.*)' is (?P<value>.*); write a number of at most (?P<most>\S+)",
        lambda m: _("“%(what)s” is %(value)s: write a number of at most %(most)s.", **m),
    ),
    (
        r"'(?P<what>.*)' is (?P<value>.*); write a number of finite size",
        lambda m: _("“%(what)s” is %(value)s: write a plain number.", **m),
    ),
    (
        r"'(?P<what>.*)' is '(?P<value>.*)'; did you mean '(?P<near>.*)'\?",
        lambda m: _("“%(what)s” is “%(value)s”: perhaps “%(near)s” is meant.", **m),
    ),
    (
        r"'(?P<what>.*)' is '(?P<value>.*)'; use one of: (?P<choices>.*)",
        lambda m: _("“%(what)s” is “%(value)s”: use one of %(choices)s.", **m),
    ),
)
"""Faults whose fix carries what may stand there."""


def fault_words(fault: Fault) -> str:
    """The fault as a sentence; one nobody meets in the editor (from a file) comes in the reader's own words."""
    for pattern, words in _KNOWN:
        found = re.fullmatch(pattern, fault.problem)
        if found is not None:
            return str(words(found.groupdict()))
    for pattern, words in _WITH_BOUNDS:
        found = re.fullmatch(pattern, f"{fault.problem}; {fault.fix}")
        if found is not None:
            return str(words(found.groupdict()))
    return f"{fault.problem[:1].upper()}{fault.problem[1:]}; {fault.fix}."

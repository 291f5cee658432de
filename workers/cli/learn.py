"""`callcoach learn`: models learned from reviewers' verdicts, and the labels themselves."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from review.learning.models import ModelRow

NAME = "learn"
HELP = "train, judge in the shadow, promote and roll back models learned from reviewers; labels out and in"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of this command."""
    acts = parser.add_subparsers(title="acts", metavar="ACT", required=True, dest="act")
    status = acts.add_parser("status", help="labels, agreement, gate and models of every criterion")
    status.add_argument("--json", action="store_true", help="for programs")
    train = acts.add_parser("train", help="train a candidate for every criterion that has enough new labels")
    train.add_argument(
        "criterion", nargs="?", metavar="CRITERION", help="only this one; lead.rejection for closed leads"
    )
    acts.add_parser("evaluate", help="every model on its frozen test set, beside the rules")
    for act, words in (
        ("shadow", "let a candidate judge beside the one in charge, seen by nobody"),
        ("promote", "put a model in charge; it must have judged in the shadow and beat the rules on the frozen test"),
        ("roll-back", "take a model out of charge again"),
    ):
        one = acts.add_parser(act, help=words)
        one.add_argument("model", metavar="MODEL", help="as status names it: greeting.en, or greeting.en@3")
    acts.add_parser("nightly", help="what runs every night: train candidates, draw what to ask, look for drift")
    out = acts.add_parser("export", help="every label as JSON lines")
    out.add_argument("--out", type=Path, metavar="FILE", help="write there instead of to standard output")
    into = acts.add_parser("import", help="labels from JSON lines, for calls of the same source and external id")
    into.add_argument("file", type=Path, metavar="FILE")


def run(args: argparse.Namespace) -> int:
    """Do the act."""
    from review.settings import read_settings
    from workers.cli.opening import opened

    settings = read_settings()
    acts = {
        "status": _status,
        "train": _train,
        "evaluate": _evaluate,
        "shadow": _move,
        "promote": _move,
        "roll-back": _move,
        "nightly": _nightly,
        "export": _export,
        "import": _import,
    }
    with opened(settings, reads_only=args.act in ("status", "evaluate")) as database:
        return acts[args.act](args, settings, database)


def _status(args: argparse.Namespace, _settings: Any, database: Any) -> int:
    import dataclasses
    import json

    from review.learning.rejection_gate import LEADS
    from review.learning.rejection_status import read_lead_status
    from review.learning.status import read_status

    with database.read() as session:
        found = read_status(session)
        leads = read_lead_status(session)
    if args.json:
        lines = [
            {**dataclasses.asdict(status), "gate": status.gate.verdict, "why": status.gate.why} for status in found
        ]
        closed = [dataclasses.asdict(status) for status in leads]
        print(json.dumps({"criteria": lines, "closed_leads": closed}, ensure_ascii=False, indent=2))
        return 0
    if not found and not leads:
        print("No verdicts yet. Reviewers confirm or change answers on a call's page; every one of them is a label.")
    for status in found:
        charge = f"version {status.in_charge.version}" if status.in_charge else "rules"
        print(f"{status.criterion}.{status.language}: {status.labels} labels, {status.positives} of "
              f"{status.positives_needed} on the rarer side; judged by {charge}")  # fmt: skip
        print(f"  gate {status.gate.verdict}: {status.gate.why}")
        for model in status.models:
            print(f"  version {model.version} {model.state}: {_figures(model.test)}, shadow {model.shadow_calls} calls")
    for lead in leads:
        judge = lead.in_state("promoted")
        charge = f"version {judge.version}" if judge else "rules"
        print(f"{LEADS}.{lead.language}: {lead.labels} labels of closed leads, {lead.rarer} of {lead.needed} on the "
              f"rarer side; judged by {charge}")  # fmt: skip
        for model in lead.models:
            print(f"  version {model.version} {model.state}: {_figures(model.test)}, shadow {model.shadow_calls} leads")
    return 0


def _train(args: argparse.Namespace, settings: Any, database: Any) -> int:
    from workers.learning import train_candidates

    reports = train_candidates(database, settings, criterion=args.criterion)
    if not reports:
        print("No verdicts to learn from yet.")
    for report in reports:
        version = f" version {report.version}" if report.version else ""
        figures = f"; {_figures(report.test)}" if report.test else ""
        print(f"{report.criterion}.{report.language}{version}: {report.outcome}: {report.why}{figures}")
    return 0


def _evaluate(_args: argparse.Namespace, settings: Any, database: Any) -> int:
    from review.learning.measured_again import measure_again

    measured = 0
    with database.read() as session:
        for model, test in measure_again(session, settings.data):
            print(f"{model.criterion}.{model.language}@{model.version} {model.state}: {_figures(test)}")
            measured += 1
    if not measured:
        print("There is no model to measure; the rules judge. `callcoach learn status` says how many labels each "
              "criterion has, and `callcoach learn train` makes a candidate of those that have enough.")  # fmt: skip
    return 0


def _move(args: argparse.Namespace, settings: Any, database: Any) -> int:
    from review.learning.models import promote, read_models, roll_back, start_shadow
    from workers.cli.errors import CommandRefused

    name, _at, version = args.model.partition("@")
    wanted = {"shadow": ("candidate",), "promote": ("shadow",), "roll-back": ("promoted",)}[args.act]
    with database.session() as session:
        every = [m for m in read_models(session) if f"{m.criterion}.{m.language}" == name]
        fits = [m for m in every if str(m.version) == version] if version else [m for m in every if m.state in wanted]
        if not fits:
            there = ", ".join(f"{m.criterion}.{m.language}@{m.version} ({m.state})" for m in every) or "none"
            raise CommandRefused(f"there is no such model to {args.act}; there are: {there}")
        model = fits[0]
        if args.act == "roll-back":
            now = roll_back(session, model.id, None)
            instead = "the model before it judges" if now else "the rules judge"
            print(f"{name}: version {model.version} is out of charge; {instead} from now on")
        else:
            _check_file(settings.data, model)
            (start_shadow if args.act == "shadow" else promote)(session, model.id, None)
            print(f"{name}: version {model.version} is {'in the shadow' if args.act == 'shadow' else 'in charge'}")
    return 0


def _check_file(data: Path, model: ModelRow) -> None:
    """Raise ModelRefused when a model's file is not the one that was stored: it would judge nothing, or wrongly."""
    from review.learning.rejection_file import load_head
    from review.learning.rejection_gate import LEADS
    from scoring.learning.store import load_model

    (load_head if model.criterion == LEADS else load_model)(data / model.file, model.file_sha256)


def _nightly(_args: argparse.Namespace, settings: Any, database: Any) -> int:
    import os

    from workers.learning import learn_nightly

    os.nice(10)  # calls that come in by night go first
    night = learn_nightly(database, settings)
    trained = sum(report.outcome == "trained" for report in night.reports)
    print(f"candidates trained: {trained}, calls to ask about: {night.asked}, alarms: {len(night.alarms)}")
    return 0


def _export(args: argparse.Namespace, _settings: Any, database: Any) -> int:
    from review.learning.exchange import export_lines, note_export

    with database.session() as session:
        note_export(session, None, door="command line")
    written = 0
    out = args.out.open("w", encoding="utf-8") if args.out else sys.stdout
    try:
        with database.read() as session:
            for line in export_lines(session):
                out.write(line + "\n")
                written += 1
    finally:
        if args.out:
            out.close()
    print(f"labels: {written}", file=sys.stderr)
    return 0


def _import(args: argparse.Namespace, _settings: Any, database: Any) -> int:
    from review.learning.exchange import import_labels
    from scoring.learning.labels import NotALabel, read_labels
    from workers.cli.errors import DONE, DONE_IN_PART, CommandRefused

    try:
        with args.file.open(encoding="utf-8") as file:
            labels = read_labels(file)
        with database.session() as session:
            done = import_labels(session, labels)
    except (NotALabel, UnicodeDecodeError) as error:
        raise CommandRefused(f"{args.file}: {error}; nothing was imported") from error
    print(f"labels added: {done.added}, known already: {done.known}")
    if done.unknown_calls:
        first = ", ".join(done.unknown_calls[:5])
        why = f"{len(done.unknown_calls)} calls are not on this installation, so their labels were left out: {first}"
        print(f"callcoach: {why}", file=sys.stderr)
        return DONE_IN_PART
    return DONE


def _figures(test: dict[str, Any]) -> str:
    """The test's figures on one line."""

    def one(name: str) -> str:
        found = test.get(name) or {}
        for measure in ("kappa", "auc"):
            if found.get(measure) is not None and found.get("low") is not None:
                return f"{name} {measure.replace('auc', 'AUC')} {found[measure]:.2f} " + (
                    f"({found['low']:.2f} to {found['high']:.2f})"
                )
        return f"{name} -"

    return f"{one('model')}, {one('rules')}, n {test.get('n', 0)}"

"""`callcoach models`: the Whisper models of this machine: list them, fetch one, check that they are whole."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from transcription.engines.whisper_store import KeptModel

NAME = "models"
HELP = "list, fetch and check the speech models of this machine"

DONE = 0
BROKEN = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of this command."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="models that are here or known by name: size, licence, checksum")
    fetch = actions.add_parser("fetch", help="fetch a model from the hub and note its checksums")
    fetch.add_argument("model", metavar="NAME", help="small, large-v3-turbo, ..., or a repository of the hub")
    check = actions.add_parser("check", help="compare the files of models with the checksums they came with")
    check.add_argument("model", metavar="NAME_OR_FOLDER", nargs="*", help="default: every model that is here")
    check.add_argument("--record", action="store_true", help="note checksums now for a model copied here by hand")
    for action in (listing, fetch, check):
        action.add_argument("--json", action="store_true", help="for programs")


def run(args: argparse.Namespace) -> int:
    """Print what was found; 2 when a model is damaged, not here, or no hub can be reached for it."""
    from review.settings import read_settings
    from transcription.engines import DEFAULT_MODEL

    settings = read_settings()
    if args.action == "list":
        return _list(settings.models, settings.whisper_model or DEFAULT_MODEL, args.json)
    if args.action == "fetch":
        return _fetch(args.model, settings.models, args.json)
    return _check(args.model, settings.models, args.record, args.json)


def _list(models_dir: Path, chosen: str, as_json: bool) -> int:
    from transcription.engines.whisper_store import list_models

    models = list_models(models_dir)
    if as_json:
        listed = [{**_figures(model), "chosen": model.name == chosen} for model in models]
        print(json.dumps({"folder": str(models_dir), "models": listed}, ensure_ascii=False))
        return DONE
    wide = max(len(model.name) for model in models)
    for model in models:
        mark = "*" if model.name == chosen else " "
        about = "" if model.folder is not None else "about "
        size = f"{about}{model.bytes / 1e6:.0f} MB"
        words = {"here": "here", "broken": f"broken: {model.problem}", "not_here": "not here"}[model.state]
        checksum = f"  sha256 {model.manifest.sha256[:12]}" if model.manifest else ""
        print(f"{mark} {model.name:<{wide}}  {size:>13}  {model.licence:<8}  {words}{checksum}")
    print(f"* is the model that is used. Models are kept in {models_dir}; `callcoach models fetch NAME` brings one.")
    return DONE


def _fetch(name: str, models_dir: Path, as_json: bool) -> int:
    from transcription.engines.whisper_models import bring_model, find_model
    from transcription.engines.whisper_store import look_at

    was_here = find_model(name, models_dir=models_dir).folder is not None
    bring_model(name, models_dir=models_dir, bar=not as_json)
    model = look_at(name, models_dir)
    if as_json:
        print(json.dumps({**_figures(model), "fetched": not was_here}, ensure_ascii=False))
        return DONE
    how = "was here already" if was_here else "is here now"
    print(f"The model {name} {how}: {model.folder} ({model.bytes / 1e6:.0f} MB, licence {model.licence}).")
    if model.manifest is not None:
        print(f"sha256 of its weights: {model.manifest.sha256}")
    return DONE


def _check(names: list[str], models_dir: Path, record: bool, as_json: bool) -> int:
    from transcription.engines.whisper_store import check_model, list_models, look_at, record_model

    models = [look_at(name, models_dir) for name in names]
    if not names:
        models = [model for model in list_models(models_dir) if model.folder is not None]
    answers = []
    for model in models:
        if record and model.state == "here" and model.manifest is None:
            model = record_model(model)
        answers.append((model, check_model(model)))
    broken = [model for model, wrong in answers if wrong]
    if as_json:
        checked = [{**_figures(model), "ok": not wrong, "problems": wrong} for model, wrong in answers]
        print(json.dumps({"ok": not broken, "models": checked}, ensure_ascii=False))
        return BROKEN if broken else DONE
    for model, wrong in answers:
        if wrong:
            print(f"{model.name}: {'; '.join(wrong)}", file=sys.stderr)
        elif model.manifest is None:
            print(f"{model.name}: whole; there are no checksums to compare with (`--record` notes today's)")
        else:
            print(f"{model.name}: whole, {len(model.manifest.files)} files as they came")
    if not answers:
        print(f"There is no model in {models_dir}.")
    if broken:
        print("A damaged model is mended by deleting its folder and fetching or copying it again.", file=sys.stderr)
    return BROKEN if broken else DONE


def _figures(model: KeptModel) -> dict[str, Any]:
    return {
        "name": model.name,
        "state": model.state,
        "folder": None if model.folder is None else str(model.folder),
        "bytes": model.bytes,
        "licence": model.licence,
        "repository": model.repository,
        "sha256": model.manifest.sha256 if model.manifest else None,
        "problem": model.problem,
    }

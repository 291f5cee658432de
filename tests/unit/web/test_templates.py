"""The pages hold to their rules: no inline style or script, no raw HTML from data, every word through gettext."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import web

FOLDER = Path(web.__file__).parent
TEMPLATES = sorted((FOLDER / "templates").rglob("*.html"))
SCRIPTS = sorted(path for path in (FOLDER / "static" / "js").glob("*.js"))
SHEETS = sorted((FOLDER / "static" / "css").glob("*.css"))

# Words that are the same in every language: the name, formats, keys and signs.
SAME_EVERYWHERE = re.compile(
    r"^(?:Callcoach|Space|Ctrl|Alt|Enter|Esc|callcoach import FOLDER|callcoach user first|v|[A-Z]"
    r"|CALLCOACH_WATCH=pbx=/srv/recordings|Authorization: Bearer|https://[a-z.]*example\.com[a-z/]*)$"
)


def ids(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(FOLDER)) for path in paths]


def without_jinja(text: str) -> str:
    """The template with its Jinja parts taken out, so that what remains is what it says by itself."""
    return re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.DOTALL)


class Words(HTMLParser):
    """Collects the text a template says by itself, and the texts of attributes people read."""

    READ_ALOUD = ("title", "aria-label", "placeholder", "alt")

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found += re.split(r"\s{2,}|\n", data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in self.READ_ALOUD]


@pytest.mark.parametrize("path", TEMPLATES, ids=ids(TEMPLATES))
def test_a_form_that_only_a_script_sends_is_not_sent_without_it(path: Path) -> None:
    """Pressed before the script is there, it would put what was typed into the address and show the page anew."""
    for form in re.findall(r"<form\b[^>]*>", without_jinja(path.read_text(encoding="utf-8"))):
        assert re.search(r"\b(action|method)=", form), f'give it method="dialog": {form}'


@pytest.mark.parametrize("path", TEMPLATES, ids=ids(TEMPLATES))
def test_no_inline_style_script_or_handler(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tags = re.findall(r"<[a-z][^>]*>", re.sub(r"\{[{%#].*?[#%}]\}", "", text, flags=re.DOTALL))
    for tag in tags:
        assert not re.search(r"\sstyle\s*=", tag), f"inline style: {tag}"
        assert not re.search(r"\son[a-z]+\s*=", tag), f"inline handler: {tag}"
        assert not re.search(r"\shx-on", tag), f"inline handler: {tag}"
        assert "javascript:" not in tag
    for opening in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in opening or 'type="application/json"' in opening, f"inline script: {opening}"
    assert "<style" not in text


@pytest.mark.parametrize("path", TEMPLATES, ids=ids(TEMPLATES))
def test_nothing_is_marked_safe(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\|\s*safe\b|Markup\(|autoescape\s+false", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=ids(TEMPLATES))
def test_every_word_goes_through_gettext(path: Path) -> None:
    parser = Words()
    parser.feed(without_jinja(path.read_text(encoding="utf-8")))
    said = [text.strip(" \t\n·:,.()“”«»…–-/+*✕⇧↵←→?[]×0123456789") for text in parser.found]
    assert [text for text in said if re.search(r"[^\W\d_]", text) and not SAME_EVERYWHERE.match(text)] == []


@pytest.mark.parametrize("path", [*SCRIPTS, *SHEETS], ids=ids([*SCRIPTS, *SHEETS]))
def test_scripts_and_sheets_are_plain(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 300
    assert not re.search(r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval|new Function)\b", text)
    assert not re.search(r"https?://(?!www\.w3\.org/)", text), "something is fetched from elsewhere"


@pytest.mark.parametrize("path", SHEETS, ids=ids(SHEETS))
def test_colours_come_from_the_tokens(path: Path) -> None:
    if path.name == "tokens.css":
        return
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b", text) == []


def test_every_sheet_and_script_a_template_names_exists() -> None:
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        for name in re.findall(r"asset\('([^']+)'\)", text):
            assert (FOLDER / "static" / name).is_file(), f"{path.name} asks for {name}"
        for names in re.findall(r"for sheet in \(([^)]*)\)", text):
            for sheet in re.findall(r'"(\w+)"', names):
                assert (FOLDER / "static" / "css" / f"{sheet}.css").is_file(), f"{path.name} asks for {sheet}.css"

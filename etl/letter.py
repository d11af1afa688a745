"""A letter of the digest: what it says, as plain text, as Markdown and as HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from etl.outbox import Words

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "letters"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Line:
    """A sentence, what it rests on, and where it leads (a whole address, or none). mark: bad, warn, good or none."""

    words: str
    mark: str = "none"
    grounds: str = ""
    link: str = ""


@dataclass(frozen=True)
class Section:
    """Lines under a heading; `more`: how many further ones are not told, which stand at `link`."""

    heading: str
    lines: tuple[Line, ...]
    more: int = 0
    link: str = ""


@dataclass(frozen=True)
class Letter:
    """title: the subject of a mail. notes: what is to be known beside it, such as plants that are left out; foot: the
    moment and the version of the data."""

    title: str
    sections: tuple[Section, ...]
    notes: tuple[str, ...]
    foot: str
    link: str = ""


def write(letter: Letter) -> Words:
    """The letter in words; everything in it is text, and none of it becomes HTML or Markdown."""
    title = " ".join(letter.title.split())
    html = TEMPLATES.get_template("letter.html").render(letter=letter)
    return Words(title, _plain(letter), _markdown(letter), html)


def _plain(letter: Letter) -> str:
    said = []
    for section in letter.sections:
        said.append(section.heading.upper())
        for line in section.lines:
            said.append(f"- {_one_line(line.words)}" + (f" ({_one_line(line.grounds)})" if line.grounds else ""))
            said += [f"  {line.link}"] if line.link else []
        said += [f"- and {section.more} more{f': {section.link}' if section.link else ''}"] if section.more else []
        said.append("")
    said += [*map(_one_line, letter.notes), letter.foot]
    return "\n".join(said + ([letter.link] if letter.link else []))


def _markdown(letter: Letter) -> str:
    said = []
    for section in letter.sections:
        said.append(f"**{_escaped(section.heading)}**\n")
        for line in section.lines:
            grounds = f" ({_escaped(line.grounds)})" if line.grounds else ""
            said.append(f"- {_linked(line.words, line.link)}{grounds}")
        said += [f"- {_linked(f'and {section.more} more', section.link)}"] if section.more else []
        said.append("")
    said += [f"{_escaped(note)}\n" for note in letter.notes]
    return "\n".join([*said, _linked(letter.foot, letter.link)])


def _linked(words: str, link: str) -> str:
    return f"[{_escaped(words)}]({link})" if link else _escaped(words)


def _escaped(text: str) -> str:
    """Text of which nothing is taken for Markdown or HTML."""
    return re.sub(r"([\\`*_\[\]()<>#~|!])", r"\\\1", _one_line(text))


def _one_line(text: str) -> str:
    return " ".join(text.split())

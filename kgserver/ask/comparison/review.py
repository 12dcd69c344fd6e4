"""The effects of a change in Markdown, as a comment on a pull request shows it.

Counts come first, details are folded. Everything that the data says stands in code, so
that no label can make a link, mention a person or end a section.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kgserver.ask import suite
from kgserver.ask.comparison import outline, text
from kgserver.model.problem import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kgserver.ask.comparison.effects import Effects

# Comments end at 65,536 characters: a list is cut, and says so.
_MOST_LINES, _WIDEST, _MOST = 300, 400, 60_000


def write(effects: Effects) -> str:
    """The whole comment; without effects, one sentence."""
    parts = "\n".join(_parts(effects))
    if len(parts) > _MOST:
        cut = parts[:_MOST].rpartition("\n")[0]
        open_fence = cut.count("\n```") % 2 == 1
        closed = "\n```" * open_fence + "\n</details>" * (
            cut.count("<details>") - cut.count("</details>")
        )
        return f"{cut}{closed}\n\nThere is more than a comment holds.\n"
    return parts + "\n"


def _parts(effects: Effects) -> Iterator[str]:
    yield "### What this does to the graph\n"
    yield f"{_code(effects.before.name)} → {_code(effects.after.name)}\n"
    if not effects:
        yield "Nothing: the same is said, the same follows, and no answer differs."
        return
    if not effects.whole:
        yield f"{text.PARTLY}\n"
    yield "| effect | |\n|---|---:|"
    for what, number in _counts(effects):
        yield f"| {what} | {number:,} |"
    if effects.files:
        yield f"\nFiles: {_code(text.files(effects))}"
    errors = [problem for problem in effects.new if problem.fatal]
    if errors:
        yield f"\n**{counted(len(errors), 'new error')}: this would not be served.**"
    yield from _problems(effects)
    yield from _folded(text.RENAMED, outline.renamed(effects), "text")
    yield from _statements(effects)
    yield from _answers(effects)
    if effects.vanished:
        lines = (f"- <{iri}>" for iri in effects.vanished)
        yield from _folded("IRIs that vanish; links to them will break", lines)


def _counts(effects: Effects) -> Iterator[tuple[str, int]]:
    for what, number in outline.counts(effects.statements):
        yield f"statements {what}", number
    yield "new problems", len(effects.new)
    yield "mended problems", len(effects.mended)
    yield "questions with another answer", len(effects.answers)
    yield "IRIs that vanish", len(effects.vanished)
    if effects.renames:
        yield "of these likely renamed", len(effects.renames)


def _problems(effects: Effects) -> Iterator[str]:
    for title, problems in (
        ("New problems", effects.new), ("Mended problems", effects.mended),
    ):  # fmt: skip
        lines = [line for each in problems for line in each.as_text().splitlines()]
        yield from _folded(f"{title}: {len(problems):,}", lines, "text")


def _statements(effects: Effects) -> Iterator[str]:
    before, after = effects.before.dataset, effects.after.dataset
    things = outline.things(effects.besides, after, before)
    lines = []
    for thing in things:
        lines.append(f"  {thing.name}{f'  # {thing.label}' if thing.label else ''}")
        lines += [
            f"{line.mark}     {line.text}{'  (follows)' if line.follows else ''}"
            for line in thing.lines
        ]
    apart = " apart from renames" if effects.renames else ""
    what = f"By entity{apart}, {text.summary(effects.besides)}"
    yield from _folded(what, lines)


def _answers(effects: Effects) -> Iterator[str]:
    for answered in effects.answers:
        case = answered.case
        rows = [row for row in answered.rows if row[0] != suite.SAME]
        shown = [(suite.SAME, answered.head), *rows]
        lines = [f"{mark} {row}" for mark, row in shown] or [answered.fault]
        yield from _folded(
            f"Another answer to {_code(f'{case.name}: {case.title}')}", lines
        )


def _folded(title: str, lines: Iterable[str], language: str = "diff") -> Iterator[str]:
    """Lines in a code block that is folded away; none where there are no lines."""
    listed = [outline.shortened(line, _WIDEST) for line in lines]
    if not listed:
        return
    left = len(listed) - _MOST_LINES
    shown = listed[:_MOST_LINES]
    if left > 0:
        shown.append(f"  and {counted(left, 'line')} more")
    runs = [len(run) for line in shown for run in re.findall("`{3,}", line)]
    fence = "`" * (max(runs, default=2) + 1)
    yield f"\n<details><summary>{title}</summary>\n\n{fence}{language}"
    yield from shown
    yield f"{fence}\n</details>"


def _code(words: str) -> str:
    """Words as code, which also HTML leaves as they are."""
    escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<code>{escaped}</code>"

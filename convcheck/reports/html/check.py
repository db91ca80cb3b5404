"""One check on the page: what is wrong with it, pictures of its tensors and their worst entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from convcheck.checking.result import UNSEEN, Result, TensorMap, TensorResult
from convcheck.reports.html.parts import said_list, tensor_table
from convcheck.reports.html.svg import Drawing, fits_page, range_in_words
from convcheck.reports.maps import GRAVITY, KeyItem, cells_in_words, map_sentence, pooled
from convcheck.reports.tables.block import ENTRY_HEADINGS, entry_row
from convcheck.reports.tables.heading import manner_texts, sizes_text
from convcheck.reports.wording.figures import shown
from convcheck.reports.wording.sentences import problem_lines
from convcheck.reports.wording.words import STYLES, expectation, only_directions, status_word
from convcheck.spec.showing import count, shape_text

# What stands for the mark of a cell in a key.
KEY_MARKS = {"undecided": "/", "unseen": "\u00b7", "unread": "\\", "infinite": "\u00d7"}


def styled(text: str, style: str) -> str:
    """The text in a style of the table report."""
    return f'<span class="{style.rpartition(" ")[2]}">{escape(text)}</span>'


def scrolled(inside: Iterable[str], label: str) -> Iterator[str]:
    """What may be wider than the page, in a box of its own, which the keyboard reaches."""
    yield f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(label)}">'
    yield from inside
    yield "</div>"


def command(text: str) -> str:
    """A command to be copied."""
    return f"<pre>{escape(shown(text))}</pre>"


def status_text(result: Result) -> str:
    """How a check ended, and which it is."""
    word, remark = status_word(result), expectation(result)
    return (
        f"{styled(word, STYLES[word])}{f' {escape(remark)}' if remark else ''} <code>{escape(shown(result.id))}</code>"
    )


def whole_check(result: Result) -> Iterator[str]:
    """All that is said of a check, but for its pictures."""
    yield f"<h4>{status_text(result)}</h4>"
    yield f"<p>{escape(sizes_text(result))}</p>"
    yield f'<p class="dim small">{escape(", ".join(manner_texts(result)))}</p>'
    if table := [*tensor_table(result.tensors, styled)]:
        yield from scrolled(table, f"figures of {shown(result.id)}")
    yield from said_list(result, styled)


def folded_check(result: Result, repeat: str) -> Iterator[str]:
    """A check in short: what is wrong, and how to repeat it."""
    yield f"<summary>{status_text(result)}</summary>"
    yield f'<p class="small">{escape(sizes_text(result))}</p>'
    lines = "".join(f"<li>{escape(line)}</li>" for line in problem_lines(result))
    yield f"<ul>{lines}</ul>"
    yield command(repeat)


def pictures(result: Result, tensor: TensorResult, number: int) -> Iterator[str]:
    """The maps of a tensor that is wrong or undecided with their keys, and its worst entries.

    `number` is another one for each tensor of a page.
    """
    name = "the output" if tensor.name == "forward" else shown(tensor.name)
    yield "<figure>"
    if tensor.map is None:
        yield f"<figcaption><b>{escape(name)}</b>: no map, since its entries were not compared one by one</figcaption>"
        yield '<div class="trio">'
    else:
        yield from _maps(result, tensor, pooled(tensor.map, fits_page), name, f"m{number}")
    if tensor.listed:
        yield from _entries(tensor, name)
    yield "</div>"
    yield "</figure>"


def _maps(result: Result, tensor: TensorResult, drawn: TensorMap, name: str, number: str) -> Iterator[str]:
    drawing = Drawing(drawn, _worst_cell(tensor, drawn))
    sentence = map_sentence(tensor, drawn)
    yield f"<figcaption><b>{escape(name)}</b> {shape_text(tensor.shape)}, {escape(sentence)}"
    words = "; ".join(filter(None, (drawing.grid.words, cells_in_words(drawn))))
    yield f'<br><span class="dim small">{escape(words)}</span></figcaption>'
    yield '<div class="trio">'
    giver, judge = ("the code", "the reference") if tensor.name == "forward" else ("backward", "the differences")
    where = f"in {shown(result.id)}"
    title = f"{name} {where}: how far each entry is off, over what is allowed"
    yield from _picture("|a − n| / bound", drawing.error(f"{number}e", title, sentence), drawing.error_key())
    for heading, numeric, values in (
        (f"analytic: {giver}", False, drawn.analytic),
        (f"numeric: {judge}", True, drawn.numeric),
    ):
        kind = "numeric" if numeric else "analytic"
        picture = drawing.values(
            f"{number}{kind[0]}", f"{name} {where}, {heading}", range_in_words(values), numeric=numeric
        )
        yield from _picture(heading, picture, drawing.value_key() if numeric else [])


def _picture(heading: str, picture: str, key: Iterable[KeyItem]) -> Iterator[str]:
    yield f"<div><h5>{escape(heading)}</h5>"
    yield f'<div class="scroll">{picture}</div>'
    if items := "".join(map(_key_item, key)):
        yield f'<ul class="key">{items}</ul>'
    yield "</div>"


def _key_item(item: KeyItem) -> str:
    mark = "–" if item.name.startswith("minus") else KEY_MARKS.get(item.name, "")
    cells = "" if item.cells is None else f": {count(item.cells, 'cell')}"
    return f'<li><i class="{item.name}" aria-hidden="true">{mark}</i><span>{escape(item.words)}{cells}</span></li>'


def _worst_cell(tensor: TensorResult, drawn: TensorMap) -> int | None:
    """The number of the cell of the worst entry that was looked at; None where none was."""
    cells = range(len(drawn.states))
    if tensor.worst is not None and not only_directions(tensor) and len(tensor.worst.index) == len(drawn.shape):
        flat = 0
        for index, size, length in zip(tensor.worst.index, drawn.block, drawn.shape, strict=True):
            flat = flat * length + index // size
        return flat
    seen = [cell for cell in cells if drawn.states[cell] != UNSEEN]
    return max(seen, key=lambda cell: (GRAVITY[drawn.states[cell]], drawn.ratio[cell]), default=None)


def _entries(tensor: TensorResult, name: str) -> Iterator[str]:
    what = "directions" if only_directions(tensor) else "entries"
    number = tensor.wrong + tensor.undecided
    which = f"the worst {len(tensor.listed)} of {number:,}" if number > len(tensor.listed) else "the worst"
    yield f'<div class="entries"><h5>{which} {what}</h5>'
    first = ("direction" if only_directions(tensor) else "index", False)
    head = "".join(_entry_cell("th", heading, right) for heading, right in (first, *ENTRY_HEADINGS[1:]))
    sides = [right for _, right in ENTRY_HEADINGS]
    table = ["<table>", f"<tr>{head}</tr>"]
    for entry in tensor.listed:
        cells = zip(entry_row(entry), sides, strict=True)
        table.append(f"<tr>{''.join(_entry_cell('td', text, right) for text, right in cells)}</tr>")
    yield from scrolled((*table, "</table>"), f"the worst {what} of {name}")
    yield "</div>"


def _entry_cell(element: str, text: str, right: bool) -> str:
    return f'<{element} style="text-align:{"right" if right else "left"}">{escape(text)}</{element}>'

"""What a shell is answered that asks how a word goes on: click's own way, with bash's habits seen to."""

from __future__ import annotations

import re

from click.shell_completion import BashComplete, CompletionItem, add_completion_class, get_completion_class

from convcheck.cli.main import convcheck

VARIABLE = "_CONVCHECK_COMPLETE"

# bash takes words apart at these, and ids have both: conv.yaml::conv[stride=2].
BREAKS = re.compile(r"[=:]+")
SPECIAL = re.compile(r"([\s'\"\\$&|;<>()*?!`#~{}])")


class Bash(BashComplete):
    """Puts together the words that bash took apart, and quotes what a shell would read as more than text."""

    _before = ""

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the one that is completed, and what there is of that one."""
        before, current = super().get_completion_args()
        words: list[str] = []
        joined = False
        for word in [*before, current]:
            is_break = BREAKS.fullmatch(word) is not None
            if words and (joined or is_break):
                # bash replaces the part behind the last break alone.
                self._before = words[-1] + (word if is_break else "")
                words[-1] += word
            else:
                self._before = ""
                words.append(word)
            joined = is_break
        return words[:-1], words[-1]

    def format_completion(self, item: CompletionItem) -> str:
        """The script's `read` takes one of two backslashes."""
        value = str(item.value)
        if item.type == "plain":
            value = SPECIAL.sub(r"\\\\\1", value.removeprefix(self._before))
        return f"{item.type},{value}"


def register() -> None:
    """In the place of click's own for bash."""
    add_completion_class(Bash)


def answer() -> None:
    """Answer the shell, and leave."""
    register()
    convcheck._main_shell_completion({}, "convcheck")


def script(shell: str) -> str:
    """The script of one shell."""
    register()
    made = get_completion_class(shell)
    assert made is not None
    return made(convcheck, {}, "convcheck", VARIABLE).source()

"""Shell completion: the script of each shell, and the answer to its questions. click's own, mended for bash."""

from __future__ import annotations

import re

from click.shell_completion import BashComplete, CompletionItem, add_completion_class, get_completion_class

from convcheck.cli.main import convcheck

VARIABLE = "_CONVCHECK_COMPLETE"

# bash splits words at these, and ids have both: FILE.yaml::LAYER[stride=2].
WORD_BREAKS = re.compile(r"[=:]+")
SHELL_CHARACTERS = re.compile(r"([\s'\"\\$&|;<>()*?!`#~{}])")


class Bash(BashComplete):
    """Joins the words that bash has split, and quotes the characters that mean something to a shell."""

    # The start of the completed word that bash has split off: the rest alone is to be returned.
    _prefix = ""

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the one that is to be completed, and the beginning of that one."""
        before, current = super().get_completion_args()
        words: list[str] = []
        after_break = False
        for word in [*before, current]:
            is_break = WORD_BREAKS.fullmatch(word) is not None
            if words and (after_break or is_break):
                self._prefix = words[-1] + (word if is_break else "")
                words[-1] += word
            else:
                self._prefix = ""
                words.append(word)
            after_break = is_break
        return words[:-1], words[-1]

    def format_completion(self, item: CompletionItem) -> str:
        """The line that the script of bash reads: the type and the rest of the word, quoted."""
        value = str(item.value)
        if item.type == "plain":
            # Two backslashes, since the script's `read` takes one of them away.
            value = SHELL_CHARACTERS.sub(r"\\\\\1", value.removeprefix(self._prefix))
        return f"{item.type},{value}"


def print_completions() -> None:
    """Print the completions that the shell asks for in its environment variables. Raises SystemExit, always."""
    add_completion_class(Bash)
    convcheck._main_shell_completion({}, "convcheck")


def completion_script(shell: str) -> str:
    """The script that teaches a shell (bash, zsh or fish) to complete the words of convcheck."""
    add_completion_class(Bash)
    complete = get_completion_class(shell)
    assert complete is not None
    return complete(convcheck, {}, "convcheck", VARIABLE).source()

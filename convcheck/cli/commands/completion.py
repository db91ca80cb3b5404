"""`convcheck completion`: the script that teaches a shell to complete the words of convcheck."""

from __future__ import annotations

import click

from convcheck.cli.session import debug_option
from convcheck.cli.streams import standard_output, writing

SHELLS = ("bash", "zsh", "fish")


@click.command("completion", short_help="Print the completion script of a shell.")
@click.argument("shell", type=click.Choice(SHELLS))
@debug_option
def command(shell: str) -> None:
    """Print the script that completes commands, options, layers, implementations, and check ids after -k.

    The ids are those of the SPECs that stand before it on the line: convcheck run configs/ -k <TAB>.

    \b
    Examples:
      convcheck completion bash > ~/.local/share/bash-completion/completions/convcheck
      convcheck completion zsh > ~/.zfunc/_convcheck
      convcheck completion fish > ~/.config/fish/completions/convcheck.fish
    """
    from convcheck.cli.shell import completion_script

    with writing("standard output"):
        stream = standard_output()
        stream.write(completion_script(shell))
        stream.flush()

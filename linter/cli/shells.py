"""The shells that complete the command line: their scripts, and how they ask and are answered.

Click's own scripts offer no verb beside a file in bash, part a list of rules at its commas in fish, and
replace ``--option=`` by the value that follows in zsh.
"""

from __future__ import annotations

from click.shell_completion import (
    BashComplete,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_BASH = r"""# Completions of composelint for bash 4.4 and newer.

%(complete_func)s() {
    # In bash "=" and ":" begin a new word, in the program only blanks do.
    local typed=${COMP_LINE:0:COMP_POINT} words=() at blank word last
    for ((at = 0; at <= COMP_CWORD; at++)); do
        blank=${typed%%%%[![:blank:]]*}
        typed=${typed#"$blank"}
        word=${COMP_WORDS[at]}
        if ((at == COMP_CWORD)); then
            word=$typed  # without what follows the cursor
        fi
        typed=${typed#"$word"}
        if [[ $at == 0 || $blank ]]; then
            words+=("$word")
        else
            words[last]+=$word
        fi
        last=$((${#words[@]} - 1))
    done

    # What bash leaves as it is: the words that it sees before the one that is completed.
    if [[ $word =~ ^[=:]+$ ]]; then
        word=
    fi
    local before=${words[last]%%"$word"}
    if [[ $before == --*=* ]]; then
        before=${before#*=}
    fi

    local IFS=$'\n' line value paths= folders=
    COMPREPLY=()
    while read -r line; do
        value=${line#*,}
        case ${line%%%%,*} in
            plain) COMPREPLY+=("${value#"$before"}") ;;
            file) paths=yes ;;
            dir) folders=yes ;;
        esac
    done < <(env COMP_WORDS="${words[*]}" COMP_CWORD="$last" %(complete_var)s=bash_complete "$1")

    if [[ $folders ]]; then
        compopt -o dirnames
    elif [[ $paths && ${#COMPREPLY[@]} -gt 0 ]]; then
        # Verbs and paths: what readline adds itself, it adds only where there is nothing else.
        compopt -o filenames
        COMPREPLY+=($(compgen -f -- "$word"))
    elif [[ $paths ]]; then
        compopt -o default
    fi
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""


_FISH_BEHIND = r"""
function _composelint_behind --description "Paths behind --option="
    set -l option (string match -r -- "^--[^=]+=" (commandline -t))
    string replace -r "^" -- "$option" ($argv)
end
"""


class _Shell(ShellComplete):
    """A shell, in which ``--option=value`` asks for the same values as ``--option value``."""

    _before = ""
    """What stands before the value in the word that is completed: ``--option=``."""

    def get_completion_args(self) -> tuple[list[str], str]:
        args, word = super().get_completion_args()
        if "--" in args or not word.startswith("--") or "=" not in word:
            return args, word
        option, _, value = word.partition("=")
        self._before = f"{option}="
        # Apart, so that Click also sees to which verb the option belongs.
        return [*args, option], value


class _WholeWords(_Shell):
    """A shell that replaces the whole word by what is offered."""

    def format_completion(self, item: CompletionItem) -> str:
        if item.type == "plain":
            item.value = self._before + item.value
        return super().format_completion(item)


class _Bash(_Shell, BashComplete):
    source_template = _BASH


class _Zsh(_WholeWords, ZshComplete):
    # Paths are completed by zsh itself, behind the option.
    source_template = ZshComplete.source_template.replace(
        "_path_files", "[[ $PREFIX == --*=* ]] && compset -P 1 '*='; _path_files"
    )


class _Fish(_WholeWords, FishComplete):
    # Lists of rules have commas: the first comma alone parts kind and value.
    source_template = (
        FishComplete.source_template.replace('string split ","', 'string split -m 1 ","')
        .replace("__fish_complete_path", "_composelint_behind __fish_complete_path")
        .replace("__fish_complete_directories", "_composelint_behind __fish_complete_directories")
    ) + _FISH_BEHIND


SHELLS: dict[str, type[ShellComplete]] = {"bash": _Bash, "zsh": _Zsh, "fish": _Fish}


def register() -> None:
    """Let Click answer these shells by the classes here."""
    for name, shell in SHELLS.items():
        add_completion_class(shell, name)

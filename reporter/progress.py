"""Signs of life of a command that takes its time: a bar on a terminal, a line a step elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import click


@contextmanager
def steps(title: str, count: int) -> Iterator[Callable[[str], None]]:
    """Show ``count`` steps; call what is yielded with a few words as each begins.

    On a terminal the bar is full only when the last step has ended. Elsewhere a step is a line ``3/22 …``, which
    ``deploy/steps.py`` reads. Who finds nothing to do never calls it, and then nothing is shown.
    """
    with ExitStack() as stack:
        yield _bar(stack, title, count) if sys.stdout.isatty() else _lines(count)


def _bar(stack: ExitStack, title: str, count: int) -> Callable[[str], None]:
    bar = click.progressbar(
        length=count, label=f"  {title}", show_eta=False, item_show_func=lambda text: text or "", update_min_steps=0
    )
    begun = False

    def begin(text: str) -> None:
        nonlocal begun
        if not begun:
            stack.enter_context(bar)
            stack.push(lambda kind, *_: None if kind else bar.update(1, ""))
        bar.update(1 if begun else 0, text)
        begun = True

    return begin


def _lines(count: int) -> Callable[[str], None]:
    begun = 0

    def begin(text: str) -> None:
        nonlocal begun
        begun += 1
        click.echo(f"{begun}/{count} {text}")

    return begin

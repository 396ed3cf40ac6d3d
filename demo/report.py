"""What the demo shows while it works, and at its end."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table


@dataclass
class Counts:
    """What has really happened, counted where it happened."""

    films: int = 0
    renditions: int = 0
    scores: int = 0
    distinctions: int = 0
    recognitions: int = 0
    downloads: int = 0

    def last_line(self) -> str:
        return (
            f"festival complete: {self.films} films, {self.renditions} renditions, "
            f"{self.scores} scores, {self.distinctions} distinctions, "
            f"{self.recognitions} recognitions, {self.downloads} downloads verified"
        )


@dataclass
class Report:
    """Lines, bars and tables on the terminal."""

    console: Console = field(default_factory=lambda: Console(highlight=False))
    counts: Counts = field(default_factory=Counts)

    def act(self, title: str) -> None:
        self.console.print(f"\n[bold]{title}[/bold]")

    def say(self, line: str) -> None:
        self.console.print(f"  {line}", markup=False)

    def addresses(self, rows: Sequence[tuple[str, str, str]]) -> None:
        """Who, with which mail address, finds what where; no address is ever cut short."""
        named = [(f"{who}\n{email}".strip(), where) for who, email, where in rows]
        self.table("Look around", ("who, and sign in as", "where"), named)

    @contextmanager
    def bars(self) -> Iterator["Bars"]:
        columns = (
            TextColumn("  {task.description:<34}"),
            BarColumn(bar_width=28),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self.console) as progress:
            yield Bars(progress)

    def table(self, title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        shown = Table(title=title, title_justify="left")
        for head in heads:
            shown.add_column(head, overflow="fold")
        for row in rows:
            shown.add_row(*row)
        self.console.print(shown)


class Bars:
    """One bar per name, moved to a percentage."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.tasks: dict[str, TaskID] = {}

    def move(self, name: str, percent: float) -> None:
        if name not in self.tasks:
            self.tasks[name] = self.progress.add_task(name, total=100)
        self.progress.update(self.tasks[name], completed=percent)

"""What a rule is, and what it reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from matchmaker.scheduling.judge.plan import Plan, Talk

Fact = str | int | date  # a datetime is a date, too


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One place where a rule is broken.

    `template` is an English sentence with `%(name)s` for each of the `facts`, so that it can be
    translated; ids stand in it as they are. `blame` holds the whole offending group of talks.
    """

    template: str
    blame: tuple[Talk, ...] = ()
    requests: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A rule broken by the talks of `requests`; `only_fixed` if every one of them is fixed."""

    code: str
    template: str
    facts: Mapping[str, Fact]
    requests: tuple[str, ...]
    persons: tuple[str, ...]
    only_fixed: bool

    @property
    def message(self) -> str:
        """The finding in English, times as in the problem format."""
        return self.template % {name: _shown(fact) for name, fact in self.facts.items()}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the definition: its code, what it demands, and how its breaches are found."""

    code: str
    title: str
    find: Callable[[Plan], Iterator[Finding]]

    def breaches(self, plan: Plan) -> Iterator[Breach]:
        for found in self.find(plan):
            yield Breach(
                code=self.code,
                template=found.template,
                facts=found.facts,
                requests=found.requests or tuple(talk.request.id for talk in found.blame),
                persons=found.persons,
                only_fixed=bool(found.blame) and all(talk.fixed for talk in found.blame),
            )


def rule(code: str, title: str) -> Callable[[Callable[[Plan], Iterator[Finding]]], Rule]:
    """Make a rule of a function that finds its breaches."""
    return lambda find: Rule(code, title, find)


def about(talk: Talk, template: str, *persons: str, **facts: Fact) -> Finding:
    """A finding about one talk; its request is among the facts, and the first person as well."""
    facts = {"request": talk.request.id, **facts}
    if persons:
        facts["person"] = persons[0]
    return Finding(template=template, blame=(talk,), persons=persons, facts=facts)


def about_all(talks: Iterable[Talk], template: str, *persons: str, **facts: Fact) -> Finding:
    """A finding about a group of talks, which the facts name as `requests`."""
    blame = tuple(talks)
    facts = {"requests": ", ".join(talk.request.id for talk in blame), **facts}
    if persons:
        facts["person"] = persons[0]
    return Finding(template=template, blame=blame, persons=persons, facts=facts)


def _shown(fact: Fact) -> Fact:
    if isinstance(fact, datetime):
        return fact.isoformat(sep=" ", timespec="minutes")
    return fact.isoformat() if isinstance(fact, date) else fact

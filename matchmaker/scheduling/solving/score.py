"""The score of a plan, part by part, as the definition's table states it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from matchmaker.scheduling.problem import Assignment, Mode, Problem, Request, hours_from
from matchmaker.scheduling.proposal import Score
from matchmaker.scheduling.solving.tables import RANK_POINTS


def score(problem: Problem, plan: Sequence[Assignment]) -> Score:
    """All parts for a plan that obeys the rules, or breaks them only by fixed assignments."""
    talks = [(talk, problem.request[talk.request]) for talk in plan]
    return Score(
        serve=sum(_serve(problem, request) for _, request in talks),
        fairness=_fairness(problem, [request.organisation for _, request in talks]),
        topics=sum(_topics(problem, talk, request) for talk, request in talks),
        language=sum(_language(problem, talk, request) for talk, request in talks),
        preference=sum(_preference(problem, talk, request) for talk, request in talks),
        day=-sum(problem.discouraged_days.get(talk.start.date(), 0) for talk in plan),
        avoid=-sum(_avoided(problem, talk, request) for talk, request in talks),
        travel=-sum(_travel(problem, talk, request) for talk, request in talks),
        team=-problem.weights.extra_speaker * sum(max(0, len(talk.speakers) - 1) for talk in plan),
        preferred=sum(
            problem.weights.preferred * len(set(talk.speakers) & set(request.preferred_speakers))
            for talk, request in talks
        ),
        balance=-_balance(problem, plan),
        stability=-_stability(problem, plan),
    )


def _serve(problem: Problem, request: Request) -> int:
    weights = problem.weights
    waited = min(request.waiting_rounds, 3)
    return weights.serve + weights.priority * (request.priority - 1) + weights.waiting * waited


def _fairness(problem: Problem, hosts: list[str]) -> int:
    weights = problem.weights
    steps = (weights.fair_first, weights.fair_second, weights.fair_third)
    total = 0
    for host, count in Counter(hosts).items():
        past = problem.organisation[host].past_talks
        total += sum(steps[past:][:count])
    return total


def _topics(problem: Problem, talk: Assignment, request: Request) -> int:
    known = [problem.speaker[name].topics for name in talk.speakers]
    return problem.weights.topics * sum(
        points * max((topics.get(topic, 0) for topics in known), default=0)
        for topic, points in zip(request.topics, RANK_POINTS, strict=False)
    )


def _language(problem: Problem, talk: Assignment, request: Request) -> int:
    weights = problem.weights
    points = -weights.interpreter * len(talk.interpreters)
    if all(talk.language in problem.speaker[name].languages for name in talk.speakers):
        points += weights.no_interpreter
    if talk.language in request.languages:
        rank = min(request.languages.index(talk.language), 2)
        points += (weights.language_first, weights.language_second, weights.language_later)[rank]
    return points


def _preference(problem: Problem, talk: Assignment, request: Request) -> int:
    start, end = hours_from(talk.start, request.minutes)
    liked = [row.preference for row in request.windows if row.start <= start and end <= row.end]
    return problem.weights.preference * max(liked, default=0)


def _avoided(problem: Problem, talk: Assignment, request: Request) -> int:
    start, end = hours_from(talk.start, request.minutes)
    return problem.weights.avoid * sum(
        any(begin < end and start < until for begin, until in problem.person[name].avoid)
        for name in talk.people
    )


def _travel(problem: Problem, talk: Assignment, request: Request) -> int:
    if talk.mode is Mode.ONLINE:
        return 0
    homes = [problem.person[name].home for name in talk.people]
    ways = [problem.travel.between(home, request.district) for home in homes]
    return problem.weights.travel * sum(ways)


def _balance(problem: Problem, plan: Sequence[Assignment]) -> int:
    total = 0
    for name, count in Counter(name for talk in plan for name in talk.people).items():
        past = problem.person[name].past_talks
        total += (past + count) * (past + count - 1) - past * (past - 1)
    return problem.weights.balance * total


def _stability(problem: Problem, plan: Sequence[Assignment]) -> int:
    weights = problem.weights
    placed = {talk.request: talk for talk in plan}
    total = 0
    for old in problem.published:
        new = placed.get(old.request)
        if new is None:
            total += weights.drop
            continue
        total += weights.move * (new.start != old.start)
        total += weights.swap_speaker * len(set(old.speakers) - set(new.speakers))
        total += weights.swap_interpreter * len(set(old.interpreters) - set(new.interpreters))
    return total

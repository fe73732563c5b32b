"""The score of a plan, each part counted straight from its definition."""

from __future__ import annotations

from collections.abc import Iterator

from matchmaker.scheduling.judge.plan import Plan, Talk
from matchmaker.scheduling.problem import Assignment
from matchmaker.scheduling.proposal import Score

_RANK_FACTORS = (40, 30, 20, 10)  # topics ranked 1st, 2nd, 3rd, 4th and later
_MOST_WAITING_ROUNDS = 3


def score_of(plan: Plan) -> Score:
    """Points by part; talks that break a rule count like others."""
    return Score(
        serve=sum(_serve(plan)),
        fairness=sum(_fairness(plan)),
        topics=sum(_topics(plan)),
        language=sum(_language(plan)),
        preference=sum(_preference(plan)),
        day=-sum(plan.problem.discouraged_days.get(talk.day, 0) for talk in plan.talks),
        avoid=-sum(_avoid(plan)),
        travel=-sum(_travel(plan)),
        team=-sum(_team(plan)),
        preferred=sum(_preferred(plan)),
        balance=-sum(_balance(plan)),
        stability=-sum(_stability(plan)),
    )


def _serve(plan: Plan) -> Iterator[int]:
    weights = plan.problem.weights
    for request in (talk.request for talk in plan.talks):
        waited = min(request.waiting_rounds, _MOST_WAITING_ROUNDS)
        yield weights.serve + weights.priority * (request.priority - 1) + weights.waiting * waited


def _fairness(plan: Plan) -> Iterator[int]:
    weights = plan.problem.weights
    worth = {1: weights.fair_first, 2: weights.fair_second, 3: weights.fair_third}
    for name, talks in plan.talks_by_organisation.items():
        past = plan.problem.organisation[name].past_talks
        yield from (worth.get(past + nth, 0) for nth in range(1, len(talks) + 1))


def _topics(plan: Plan) -> Iterator[int]:
    for talk in plan.talks:
        for rank, topic in enumerate(talk.request.topics):
            best = max((speaker.topics.get(topic, 0) for speaker in talk.speakers), default=0)
            yield plan.problem.weights.topics * _RANK_FACTORS[min(rank, 3)] * best


def _language(plan: Plan) -> Iterator[int]:
    weights = plan.problem.weights
    by_rank = (weights.language_first, weights.language_second, weights.language_later)
    for talk in plan.talks:
        if talk.language in talk.request.languages:
            yield by_rank[min(talk.request.languages.index(talk.language), 2)]
        if not talk.needs_interpreting:
            yield weights.no_interpreter
        yield -weights.interpreter * len(talk.interpreters)


def _preference(plan: Plan) -> Iterator[int]:
    for talk in plan.talks:
        around = (
            row.preference
            for row in talk.request.windows
            if row.start <= talk.start and talk.end <= row.end
        )
        yield plan.problem.weights.preference * max(around, default=0)


def _avoid(plan: Plan) -> Iterator[int]:
    for talk, person in plan.duties():
        if any(talk.overlaps(start, end) for start, end in person.avoid):
            yield plan.problem.weights.avoid


def _travel(plan: Plan) -> Iterator[int]:
    for talk, person in plan.duties():
        if talk.district is not None:
            minutes = plan.problem.travel.between(person.home, talk.district)
            yield plan.problem.weights.travel * minutes


def _team(plan: Plan) -> Iterator[int]:
    for talk in plan.talks:
        yield plan.problem.weights.extra_speaker * max(len(talk.speakers) - 1, 0)


def _preferred(plan: Plan) -> Iterator[int]:
    for talk in plan.talks:
        wished = sum(speaker.id in talk.request.preferred_speakers for speaker in talk.speakers)
        yield plan.problem.weights.preferred * wished


def _balance(plan: Plan) -> Iterator[int]:
    for id_, talks in plan.talks_by_person.items():
        past = plan.problem.person[id_].past_talks
        after = past + len(talks)
        yield plan.problem.weights.balance * (after * (after - 1) - past * (past - 1))


def _stability(plan: Plan) -> Iterator[int]:
    weights = plan.problem.weights
    talk_of = {talk.request.id: talk for talk in plan.talks}
    for published in plan.problem.published:
        talk = talk_of.get(published.request)
        yield weights.drop if talk is None else _change(plan, published, talk)


def _change(plan: Plan, published: Assignment, talk: Talk) -> int:
    weights = plan.problem.weights
    assigned = {person.id for person in talk.people}
    return (
        weights.move * (talk.start != published.start)
        + weights.swap_speaker * len({*published.speakers} - assigned)
        + weights.swap_interpreter * len({*published.interpreters} - assigned)
    )

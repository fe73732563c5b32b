"""Who knows a topic or a language and comes to a district: looked up, not searched for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchmaker.scheduling.solving.arrays import Bools, Ints, join, offsets
from matchmaker.scheduling.solving.tables import ONLINE, ONSITE, People, Tables


@dataclass(frozen=True, slots=True)
class Listing:
    """People by a key: those of key k are `person[begins[k]:begins[k + 1]]`."""

    begins: Ints
    person: Ints

    @classmethod
    def of(cls, key: Ints, person: Ints, keys: int) -> Listing:
        order = np.argsort(key, kind="stable")
        return cls(offsets(np.bincount(key, minlength=keys)), person[order])

    def find(self, keys: Ints) -> tuple[Ints, Ints]:
        """(number of the key among `keys`, person) for everybody listed under one of them."""
        left, right = join(keys, self.begins)
        return left, self.person[right]


@dataclass(frozen=True, slots=True)
class Directory:
    """Of people with some skill (a topic or a language): who comes where, who is seen online.

    `near` lists people with chosen districts by skill * districts + district, `everywhere` those
    who come to all districts, and `online` those who talk online, by skill.
    """

    districts: int
    near: Listing
    everywhere: Listing
    online: Listing

    @classmethod
    def of(cls, people: People, first: int, skills: Bools) -> Directory:
        """For people from row `first` on; `skills` is people * skills."""
        count, kinds = skills.shape
        rows = np.arange(first, first + count)
        reach, modes = people.reach[rows], people.modes[rows]
        all_over = reach.all(axis=1)
        person, skill = np.nonzero(skills & (modes[:, ONSITE] & ~all_over)[:, None])
        entry, district = np.nonzero(reach[person])
        districts = reach.shape[1]
        near = Listing.of(
            skill[entry] * districts + district, rows[person[entry]], kinds * districts
        )
        others = []
        for chosen in (modes[:, ONSITE] & all_over, modes[:, ONLINE]):
            person, skill = np.nonzero(skills & chosen[:, None])
            others.append(Listing.of(skill, rows[person], kinds))
        return cls(districts, near, *others)

    def pairs(self, tables: Tables, request: Ints, skill: Ints) -> Ints:
        """Keys request * people + person, sorted: who has the skill and can come, or be online."""
        wanted, count = tables.requests, len(tables.people.ids)
        found = []
        onsite = np.flatnonzero(wanted.modes[request, ONSITE])
        keys = skill[onsite] * self.districts + wanted.district[request[onsite]]
        row, person = self.near.find(keys)
        found.append(request[onsite[row]] * count + person)
        row, person = self.everywhere.find(skill[onsite])
        found.append(request[onsite[row]] * count + person)
        online = np.flatnonzero(wanted.modes[request, ONLINE])
        row, person = self.online.find(skill[online])
        found.append(request[online[row]] * count + person)
        return np.unique(np.concatenate(found))

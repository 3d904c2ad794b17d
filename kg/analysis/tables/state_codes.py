"""Names and codes of states and other agents, read once from a store."""

from __future__ import annotations

import pyoxigraph as ox

from kg.analysis.votes import key_of, pairs
from kg.rdf import iris
from kg.rdf.vocabulary import LABEL_LANGUAGE, RDFS, UNV
from kg.sources.voeten.codes import seats_by_code


class StateCodes:
    """The codes, seats and English names of the states of a release, empty where unknown."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store
        self._iso3 = self._values(UNV.iso3)
        self._cow = self._values(UNV.cowCode)
        # In their order, the code of the later state remains.
        self._cow_of_seat = {
            seat: code for code, seats in sorted(seats_by_code().items()) for seat in seats
        }
        self._seat = {key: key_of(iri) for key, iri in self._values(UNV.seat).items()}

    def iso3(self, state: str) -> str:
        """Return the ISO 3166-1 alpha-3 code of a state."""
        return self._iso3.get(state, "")

    def cow(self, state: str) -> str:
        """Return the number of a state in the Correlates of War.

        A state that this project joins with another one on its seat, as the USSR and the Russian
        Federation, has the number of both.
        """
        return self._cow.get(state, "") or self._cow_of_seat.get(self.seat(state), "")

    def seat(self, state: str) -> str:
        """Return the key of the seat of a state."""
        return self._seat.get(state, "")

    def name(self, iri: str) -> str:
        """Return the English label of a state or another agent."""
        quads = self._store.quads_for_pattern(
            ox.NamedNode(iri), ox.NamedNode(RDFS.label), None, ox.DefaultGraph()
        )
        labels = [quad.object for quad in quads if isinstance(quad.object, ox.Literal)]
        labels.sort(key=lambda label: (label.language != LABEL_LANGUAGE, label.value))
        return labels[0].value if labels else ""

    def _values(self, term: str) -> dict[str, str]:
        """Return the values of a property of states, by their keys."""
        values = {}
        for subject, object_ in pairs(self._store, term):
            kind, key = iris.parse(subject) or ("", "")
            if kind == "state":
                values[key] = object_.value
        return values

"""Lists of sponsors as printed: any list of known names is split into these names."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kg.model.state_names import StateNames
from kg.model.state_register import StateRegister
from kg.sources.dgacm.sponsors import PrintedSponsor, split_sponsors


@given(st.data())
def test_a_list_is_split_into_its_names(states: StateRegister, data: st.DataObject) -> None:
    names = StateNames(states)
    keys = sorted(states.members("2024-12-17"))
    chosen = data.draw(st.lists(st.sampled_from(keys), min_size=1, max_size=12, unique=True))
    listed = [states[key].name for key in chosen]
    ending = data.draw(st.sampled_from((" and ", ", and ", ", ")))
    *first, last = listed
    text = ", ".join(first) + (ending if first else "") + last
    sponsors = split_sponsors(text, names.is_name)
    assert [names.named(sponsor.name, "2024-12-17") for sponsor in sponsors] == chosen


@given(st.text(max_size=200))
def test_any_text_is_split_without_losing_a_word(text: str) -> None:
    sponsors = split_sponsors(text, lambda _: False)
    assert all(sponsor.name for sponsor in sponsors)
    assert all(sponsor.name in text for sponsor in sponsors)


def test_a_group_may_contain_and_and_parentheses() -> None:
    text = (
        "Fiji (on behalf of the Association of South-East Asian Nations and the States Parties to "
        "the Treaty (Bangkok Treaty)) and Mexico"
    )
    group = (
        "Association of South-East Asian Nations and the States Parties to the Treaty (Bangkok "
        "Treaty)"
    )
    assert split_sponsors(text, {"Fiji", "Mexico"}.__contains__) == [
        PrintedSponsor("Fiji", on_behalf_of=group),
        PrintedSponsor("Mexico"),
    ]

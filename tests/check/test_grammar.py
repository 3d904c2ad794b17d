"""What the grammar reads in a sentence: numbers, lists, positions, dates, documents."""

from __future__ import annotations

import pytest

from kg.check.dates import date_spans
from kg.check.grammar import SENTENCE_CHARACTERS, parse
from kg.check.mentions import mentions
from kg.check.numerals import numbers
from kg.model.vote_option import VoteOption

_OPTIONS = (
    VoteOption.YES, VoteOption.NO, VoteOption.ABSTENTION, VoteOption.NON_VOTING
)  # fmt: skip


_BY_CODE = {option.value: option for option in _OPTIONS}


def _counts(text: str) -> tuple[int | None, ...]:
    claim = parse(text, "2022-03-03")
    return tuple(claim.count(option) for option in _OPTIONS)


def _states(text: str, option: VoteOption) -> list[str]:
    claim = parse(text, "2022-03-03")
    return sorted(
        min(mention.keys)
        for position in claim.positions
        if position.option is option
        for mention in position.states
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The resolution was adopted 141-5-35.", (141, 5, 35, None)),
        ("The vote was 141\u20135, with 35 abstentions.", (141, 5, 35, None)),
        ("It passed by a vote of 141 to 5, with 35 abstentions.", (141, 5, 35, None)),
        ("It was adopted by 141 votes to five, with thirty-five abstentions.", (141, 5, 35, None)),
        ("There were 141 in favour, 5 against, 35 abstaining.", (141, 5, 35, None)),
        ("For: 141; against: 5; abstaining: 35; not voting: 12.", (141, 5, 35, 12)),
        ("One hundred and forty-one voted for it and none was against.", (141, 0, None, None)),
        ("In favour were 141 countries, while five opposed it.", (141, 5, None, None)),
        ("Of the 193 members 141 voted for the text and 12 were absent.", (141, None, None, 12)),
        ("The 193-member Assembly adopted it on 2 March 2022.", (None,) * 4),
        ("Seventy per cent of 94 sponsors had 30 years of the Assembly behind them.", (None,) * 4),
        ("No country voted against it and there were no abstentions.", (None, 0, 0, None)),
        ("It was adopted without opposition.", (None, 0, None, None)),
        ("The two no votes were a surprise in the Assembly.", (None, 2, None, None)),
        ("More than 140 countries backed the resolution.", (140, None, None, None)),
        ("All but two members supported the resolution.", (None,) * 4),
        ("Twelve of the 27 EU members abstained on the resolution.", (None,) * 4),
        ("Por 141 votos a favor, cinco en contra y 35 abstenciones.", (141, 5, 35, None)),
        ("Un total de 35 países se abstuvieron y una docena no votaron.", (None, None, 35, 12)),
        ("Two dozen states took no part in the vote.", (None, None, None, 24)),
        ("On Thursday 185 countries voted in the Assembly to end it.", (185, None, None, None)),
        ("A resolution needs nine votes in favour in the Council.", (None,) * 4),
        ("The text passed with 52 per cent in favour of the resolution.", (None,) * 4),
        ("The draft was rejected by 12 votes to three.", (3, 12, None, None)),
        ("Membership of the UN was favoured by the resolution.", (None,) * 4),
        ("Le texte a obtenu 141 voix pour, 5 contre et 35 abstentions.", (141, 5, 35, None)),
    ],
)
def test_totals_are_read_in_their_many_forms(text: str, expected: tuple[int | None, ...]) -> None:
    assert _counts(text) == expected


def test_a_number_may_count_several_positions() -> None:
    (count,) = parse("Some called out the 52 that voted no, abstained or were absent.").counts
    assert count.value == 52
    assert set(count.options) == {VoteOption.NO, VoteOption.ABSTENTION, VoteOption.NON_VOTING}


def test_a_round_number_is_known_as_one() -> None:
    assert [(n.value, n.is_round) for n in numbers("some 140 for and 5 against")] == [
        (140, True), (5, False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "option", "expected"),
    [
        ("Cuba, Iran and Syria abstained.", "A", ["CUB", "IRN", "SYR"]),
        ("Against: Belarus, Russia, the United States.", "N", ["BLR", "RUS", "USA"]),
        ("Cuba voted against while Turkey was in favour.", "N", ["CUB"]),
        ("Cuba voted against while Turkey was in favour.", "Y", ["TUR"]),
        ("It passed 12 to one (Cuba), with Ecuador and Chile abstaining.", "N", ["CUB"]),
        ("It passed 12 to one (Cuba), with Ecuador and Chile abstaining.", "A", ["CHL", "ECU"]),
        ("Britain's draft on Syria was adopted; China abstained.", "A", ["CHN"]),
        ("Ukraine-related texts were opposed by Cuba.", "N", ["CUB"]),
        ("The United States opposed Cuba in the Assembly.", "N", []),
        ("The text was opposed only by Israel and Palau.", "N", ["ISR", "PLW"]),
        (
            "Three states \u2013 Cuba, Iran and Syria \u2013 voted against.",
            "N",
            ["CUB", "IRN", "SYR"],
        ),
        ("The British delegate voted for, the Yugoslav against.", "N", ["YUG"]),
        ("The two abstentions were American and Israeli.", "A", ["ISR", "USA"]),
        ("The American draft was adopted in London; Beijing abstained.", "A", ["CHN"]),
        ("China said that 141 had voted in favour of the resolution.", "Y", []),
        ("Russia urged Cuba to vote against the resolution.", "N", []),
        ("India is expected to abstain on the resolution.", "A", []),
        ("The US abstained rather than voting against the resolution.", "N", []),
        ("Morocco did not vote in favour of the resolution.", "X", []),
        ("Kenya, which had abstained in March, voted for the resolution.", "A", []),
        ("It passed with China and Russia's support.", "Y", []),
        ("Serbia defied Moscow by voting in favour of the resolution.", "Y", ["SRB"]),
        ("The Assembly voted on Thursday to suspend Russia from the Council.", "Y", []),
        ("It voted 187-2, with one abstention, to condemn the embargo of Cuba.", "A", []),
        ("The Assembly seated China by 76 votes to 35.", "Y", []),
        ("Israel backed Ukraine in the Assembly.", "Y", []),
        ("Russia was backed by four countries, which voted against.", "Y", []),
        ("Hungary, despite its ties with Moscow, supported the resolution.", "Y", ["HUN"]),
        ("Brazil, unlike others in Latin America, abstained.", "A", ["BRA"]),
        ("The Lao People's Democratic Republic abstained.", "A", ["LAO"]),
        ("Venezuela could not vote because of its debts.", "X", ["VEN"]),
        ("El Salvador no pudo votar.", "X", ["SLV"]),
        ("Canada, author of an amendment on Cuba, was one of those abstaining.", "A", ["CAN"]),
    ],
)
def test_lists_of_states_have_the_position_of_their_phrase(
    text: str, option: str, expected: list[str]
) -> None:
    assert _states(text, _BY_CODE[option]) == expected


def test_states_beside_a_number_of_others_are_counted_with_them() -> None:
    assert _counts("Cuba, with Iran and 16 others, voted against the resolution.")[1] == 18


def test_a_list_is_complete_only_where_the_sentence_says_so() -> None:
    def is_complete(text: str) -> bool:
        return any(position.is_complete for position in parse(text).positions)

    assert is_complete("Only Cuba and Iran voted against the resolution.")
    assert is_complete("The only countries to vote against it were Cuba and Iran.")
    assert is_complete("Belarus alone voted against the resolution.")
    assert is_complete("Solo Cuba e Irán votaron en contra.")
    assert not is_complete("Eritrea was the only African country to vote against it.")
    assert not is_complete("Only Cuba and Iran joined Russia in voting against it.")
    assert not is_complete("Only Serbia in Europe abstained.")


def test_shares_and_margins_are_read() -> None:
    claim = parse("More than two-thirds of the 193 members voted in favour of the resolution.")
    assert [str(share) for share in claim.shares] == ["over 2/3 in favour"]
    assert not claim.counts
    assert parse("The Assembly passed it by a margin of 129 votes.").margin == 129
    assert not parse("The Assembly passed it by a margin of 141 to 5.").margin


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The European Parliament adopted it by 637 votes to 13.", True),
        ("The IAEA board of governors voted 26-2.", True),
        ("The Human Rights Council adopted it by 32 votes to two.", True),
        ("The Assembly's Third Committee approved it by 86 votes to 37.", True),
        ("Le Sénat l'a rejeté par 180 voix contre 160.", True),
        ("The International Court of Justice ruled by 13 votes to two.", True),
        ("The Assembly suspended Russia from the Human Rights Council by 93 to 24.", False),
        ("By 77 to six it asked the International Court of Justice for an opinion.", False),
    ],
)
def test_votes_of_other_bodies_are_known(text: str, *, expected: bool) -> None:
    assert parse(text).is_elsewhere is expected


def test_a_question_states_nothing() -> None:
    assert not parse("Why did 35 countries abstain on the resolution?").is_checkable


def test_a_year_is_no_number_of_a_resolution() -> None:
    claim = parse("The vote of 2 March 2022 was 141 to 5.")
    assert not claim.numbers
    assert [span.first for span in parse("Resolution 1973 had ten votes.").dates] == []


def test_the_longest_name_counts_and_small_words_are_no_names() -> None:
    assert [min(m.keys) for m in mentions("Equatorial Guinea, the U.S. and the UAE told us")] == [
        "GNQ", "USA", "ARE",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "vetoing"),
    [
        ("Russia vetoed the draft.", ["RUS"]),
        ("A Council draft was vetoed by the United States.", ["USA"]),
        ("A further veto, by Russia and China, stopped the text.", ["CHN", "RUS"]),
        ("Russia's use of its veto had been foreseen.", []),
        ("Russia would veto such a draft.", []),
    ],
)
def test_a_veto_is_read_only_where_it_was_cast(text: str, vetoing: list[str]) -> None:
    assert sorted(min(mention.keys) for mention in parse(text).vetoed_by) == vetoing


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("on 2 March 2022", "2022-03-02", "2022-03-02"),
        ("on Dec. 10, 1948", "1948-12-10", "1948-12-10"),
        ("le 22 novembre 1967", "1967-11-22", "1967-11-22"),
        ("el 29 de octubre de 2025", "2025-10-29", "2025-10-29"),
        ("in June 2017", "2017-06-01", "2017-06-30"),
        ("on Thursday", "2023-02-23", "2023-02-23"),
        ("in March last year", "2022-03-01", "2022-03-31"),
        ("in October", "2022-10-01", "2022-10-31"),
    ],
)
def test_dates_are_read_with_the_day_of_the_article(text: str, first: str, last: str) -> None:
    (span,) = date_spans(text, "2023-02-24")
    assert (span.first, span.last) == (first, last)


def test_documents_are_read_as_symbols_or_numbers() -> None:
    claim = parse("Resolution 2728 (2024) and A/RES/ES-11/6 were adopted on 25 March 2024.")
    assert claim.symbols == ["A/RES/ES-11/6"]
    assert claim.numbers == ["2728(2024)"]


def test_a_sentence_that_is_too_long_is_not_read() -> None:
    assert not parse("Cuba abstained, " * SENTENCE_CHARACTERS).is_checkable

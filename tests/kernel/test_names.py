"""Which names an officer finds, and which she is spared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.kernel.names import Token, covered, heard, name_tokens, query_tokens, search_tokens, sort_key

# What stands in the register, what is typed at the counter.
MEET = [
    ("Muhammad Yusuf", "M. Jusuf"),
    ("Muhammad Yusuf", "Moh Yusup"),
    ("M.Yusuf", "Muhammad Yusuf"),
    ("Mochamad Saleh", "Muhamad Saleh"),
    ("Mhd. Ali", "Muhammad Ali"),
    ("Muhammad Ilham", "Moha"),
    ("Muhammad Ilham", "mhd"),
    ("Muchtar", "Mochtar"),
    ("H. Ahmad Fauzi, S.Pd", "Achmad Pauji"),
    ("Abdurrahman", "Abd. Rahman"),
    ("Abdul Rahman", "Abdurahman"),
    ("Abdoel Hamid", "Abdulhamid"),
    ("Abdul Aziz", "Abdulajis"),
    ("Abdus Samad", "Abdul Samad"),
    ("Abdullah", "Abdulloh"),
    ("Soedarjo", "Sudaryo"),
    ("Soeharto", "Suharto"),
    ("Tjokro", "Cokro"),
    ("Njoman", "Nyoman"),
    ("Sjarif", "Syarif"),
    ("Djoko", "Joko"),
    ("Yulia", "Julia"),
    ("Syaiful", "Saiful"),
    ("Khairul", "Chairul"),
    ("Khairul", "Hairul"),
    ("Rachmat", "Rahmat"),
    ("Chandra", "Candra"),
    ("Christina", "Kristina"),
    ("Norhayati", "Nurhayati"),
    ("Noor Hayati", "Nurhayati"),
    ("Nurhayati", "Noor Hayati"),
    ("Nur'aini", "Nuraini"),
    ("Zainal", "Jainal"),
    ("Zulkifli", "Julkipli"),
    ("Aziz", "Ajis"),
    ("Hafidz", "Hapis"),
    ("Ramadhan", "Ramadan"),
    ("Fadhli", "Fadli"),
    ("Novi", "Nopi"),
    ("Arief", "Arif"),
    ("Heny", "Heni"),
    ("Suwarno", "Soewarno"),
    ("Suarno", "Suwarno"),
    ("Siti Aminah", "St. Amina"),
    ("Sitti Fatimah", "Siti Patima"),
    ("Budi Santoso", "Santoso Budi"),
    ("Drs. Budi Hartono M.Si", "budi hart"),
    ("Hj. Maria Ulfah", "Ulpah"),
    ("Arya", "Ary"),
]
APART = [
    ("Siti Aminah", "Sri Aminah"),
    ("Jati", "Yati"),
    ("Joni", "Yoni"),
    ("Hasan", "Hasin"),
    ("Ramadan", "Romadon"),
    ("Budi", "Rudi"),
    ("Hadi", "Jadi"),
    ("Muhammad Ali", "Ahmad Ali"),
    ("Abdul Rahman", "Abdul Rahim"),
    ("Nurul", "Nurlela"),
    ("Budi Santoso", "Budi Hartono"),
    ("Siti Aminah", ""),
    ("Siti Aminah", " . "),
]


@pytest.mark.parametrize(("name", "typed"), MEET)
def test_a_name_is_found_under_its_other_spelling(name: str, typed: str) -> None:
    assert query_tokens(typed).meets(search_tokens(name))


@pytest.mark.parametrize(("name", "typed"), APART)
def test_another_name_is_not_offered(name: str, typed: str) -> None:
    assert not query_tokens(typed).meets(search_tokens(name))


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("  ahmad   dahlan ", "AHMAD DAHLAN"),
        ("H. Ahmad Dahlan", "AHMAD DAHLAN  H"),
        ("H. M. Yusuf, S.H., M.H.", "M YUSUF  H SH MH"),
        ("Drs. Budi Hartono, M.Si", "BUDI HARTONO  DRS MSI"),
        ("José Maria", "JOSE MARIA"),
        ("Sari, Dewi", "SARI DEWI"),
        ("Li Ma", "LI MA"),
        ("Ibu", "IBU"),
        ("-", ""),
    ],
)
def test_the_sort_key_is_the_plain_name_with_its_titles_behind(name: str, key: str) -> None:
    assert sort_key(name) == key


def test_a_title_sorts_a_person_behind_her_namesake_and_before_longer_names() -> None:
    names = ["Ahmad Dahlan Zain", "H. Ahmad Dahlan", "Ahmad Dahlan"]

    assert sorted(names, key=sort_key) == ["Ahmad Dahlan", "H. Ahmad Dahlan", "Ahmad Dahlan Zain"]


@given(st.lists(st.from_regex(r"[A-Z][a-z]{2,9}", fullmatch=True), min_size=1, max_size=4))
def test_every_name_is_found_by_itself(words: list[str]) -> None:
    name = " ".join(words)

    assert query_tokens(name).meets(search_tokens(name))


def test_a_token_is_covered_as_far_as_another_of_the_name_begins_it() -> None:
    assert covered(search_tokens("Muhammad Nur Aini")) == {
        "MUHAMAD": 0,
        "NUR": 0,
        "AINI": 0,
        "MUHAMADNUR": 7,
        "NURAINI": 3,
    }


@given(st.lists(st.text("MUHAD", min_size=1, max_size=5), min_size=1, max_size=4), st.text("MUHAD", min_size=1))
def test_without_the_covered_tokens_a_beginning_finds_the_same_names(words: list[str], typed: str) -> None:
    tokens = search_tokens(" ".join(words))

    left = [token for token, length in covered(tokens).items() if length < len(typed)]

    assert any(token.startswith(typed) for token in left) == any(token.startswith(typed) for token in tokens)


@given(st.lists(st.text("MUHAD", min_size=1, max_size=5), min_size=1, max_size=4), st.text("MUHAD", min_size=1))
def test_a_beginning_stands_behind_a_blank_in_what_is_heard(words: list[str], typed: str) -> None:
    tokens = search_tokens(" ".join(words))

    assert (f" {typed}" in heard(tokens)) == any(token.startswith(typed) for token in tokens)
    assert (f" {typed} " in heard(tokens)) == (typed in tokens)


@given(st.lists(st.text("MUHAD", min_size=1, max_size=5), min_size=1, max_size=4))
def test_a_token_that_nothing_covers_stands_for_every_letter(words: list[str]) -> None:
    tokens = name_tokens(" ".join(words))

    assert {each.initial for each in tokens if not each.covered} == {each.token[0] for each in tokens}


@given(st.text())
def test_no_token_holds_a_blank_or_a_sign_of_patterns(name: str) -> None:
    assert not set(" %_\\") & set("".join(search_tokens(name)))


def test_the_tokens_of_a_name_come_in_their_order() -> None:
    assert name_tokens("Nur Aini") == [
        Token("AINI", "A", 0, " AINI NUR NURAINI "),
        Token("NUR", "N", 0, " AINI NUR NURAINI "),
        Token("NURAINI", "N", 3, " AINI NUR NURAINI "),
    ]

"""Names as villages write them: regional given names, spelled in more than one way.

The lists are our own, mixed with the Javanese ones of Faker's Indonesian provider. Any resemblance
of a combination to a person is chance. Only letters, space, full stop, comma, apostrophe, hyphen.
"""

# ruff: noqa: PLR0911, PLR2004
# (a drawn population: shares stand where they are used, and the draw must repeat)

import re
from random import Random

from faker.providers.person.id_ID import Provider

_ALLOWED = re.compile(r"[A-Za-z .,'-]+", re.ASCII)
_OLD_SPELLING_FROM = 62
_TITLE_FROM = 48


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _faker(*lists: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for names in lists for name in names if _ALLOWED.fullmatch(name)))


_MUSLIM_MEN = _words(
    "Rizki Fadli Ilham Hidayat Ramadhan Arifin Hakim Fauzan Akbar Rasyid Amin Rifani Yusuf "
    "Ibrahim Ridwan Sulaiman Ismail Zaini Hafiz Aditya Farhan Raihan Rafi Azzam Zaki Fikri "
    "Noval Alfian"
)
_MUSLIM_WOMEN = _words(
    "Aisyah Fatimah Zahra Khadijah Aulia Salsabila Nabila Naila Nazwa Khairunnisa Annisa "
    "Rahma Hafizah Humaira Syifa Kamila Azkia Zulfa Amelia Safitri Maulida Ramadhani"
)
_ABDUL = _words("Rahman Hadi Gani Muin Latif Malik Wahab Kadir Hamid Salam Karim Basit Samad Jalil")

_MEN: dict[str, tuple[str, ...]] = {
    "BANJAR": _words(
        "Syahrani Masrani Hamsani Bahrani Jamhari Syamsuri Fahrurazi Rusdi Saberi Hasbullah "
        "Husaini Rahmadi Irwansyah Suriansyah Arbain Hairani Hamdani Hairul Rizali Supiani "
        "Zainal Zulkifli Anang Utuh Mahyuni Misran Ardiansyah Aliansyah Fitriansyah Johansyah "
        "Darmansyah Basuni Kaspul Sarwani Mawardi Norhadi Syahriadi Bahrudin Tamjidillah "
        "Gazali Masdar Kursani Asmuni Sabirin Hadransyah Muhyar Rusmadi Juhransyah Ideris "
        "Matnor"
    ),
    "DAYAK": _words(
        "Ayan Galung Unjal Dayung Biwit Bantas Undal Talib Ribut Amban Sungkai Karim Maribut "
        "Udan Ramsi Intur Lahan Sintuk Aliman Suriadi Yanto Rudi Hendra Markus Yohanes Petrus "
        "Andreas Yakobus Lukas Simon Daniel Kornelius Yulius Agus Riko Jaya Wira Dharma "
        "Ananda Sila"
    ),
    "JAWA": (
        *_words(
            "Sukarjo Suparno Sutrisno Suyanto Sugeng Slamet Wagiman Paimin Tukiman Ngadiman "
            "Sumardi Kasmin Sarjono Mulyono Supriyadi Budiono Hariyanto Joko Bambang Teguh "
            "Widodo Purwanto Eko Dwi Tri Agung Bayu Dimas Galih Wahyu Rendra Yoga Arif Nanang "
            "Rohmad Sukiran Jumadi"
        ),
        *_faker(Provider.first_names_male),
    ),
    "SUNDA": _words(
        "Asep Ujang Dadang Cecep Dede Iwan Yayat Rohmat Encep Aceng Endang Engkus Wawan Oman "
        "Uus Jajang Tatang Maman Dudung Entis Iding Kosasih Sobari Suherman Hermawan Nandang "
        "Deden Ade Rudi Agus Gilang Rizal Rangga Fajar Ridwan Sopian Mulyana Sutisna Karna "
        "Otong Atep Yana"
    ),
}
_WOMEN: dict[str, tuple[str, ...]] = {
    "BANJAR": _words(
        "Rusmiyati Jumiati Mastura Masitah Hamidah Raudah Saudah Salasiah Galuh Aluh Jamilah "
        "Ramlah Zubaidah Rahmah Maimunah Hairiah Wardah Mariani Hadijah Normiati Fitriani "
        "Yulianti Norhayati Norlaila Norjannah Norhasanah Noraida Mahrita Rabiatul Arbainah "
        "Asmiah Sarinah Bahriah Masniah Rukayah Siti Hatmah Patimah Misnawati Lisnawati "
        "Herlina Rusdiana Mardiana Nurul"
    ),
    "DAYAK": _words(
        "Indang Bintang Sanah Rindu Galuh Wiwi Anjai Idut Suni Mira Lisa Tuti Rusni Yanti "
        "Maria Ester Debora Rut Agustina Kristina Yuliana Margareta Natalia Elisabet Santi "
        "Dewi Ratna Melati Sri Wati Erni Rini Novi Mega Lestari Tiara Anjani Kinar"
    ),
    "JAWA": (
        *_words(
            "Sukarni Sumiati Suparmi Painem Tukinem Wagiyem Sulastri Sri Endang Tutik Suryani "
            "Wahyuni Ningsih Lestari Rahayu Puji Dwi Eka Tri Ratna Dewi Indah Ayu Fitri Retno "
            "Yuni Mujiati Kasiyem Jumirah Rumini Sutinah Karsini Warsiti Nanik Titik Wiwik"
        ),
        *_faker(Provider.first_names_female),
    ),
    "SUNDA": _words(
        "Euis Neng Iis Nyai Enok Ai Elis Imas Cucu Yeti Yayah Rokayah Entin Eneng Tati Lilis "
        "Teti Nani Nining Rina Ratna Wiwin Dede Ade Siti Nurhayati Komariah Juariah Eti Titin "
        "Aan Heni Mimin Icih Uum Rohaeni Sumiati Sarinah Anisa Intan Sinta Rani Tia Mela"
    ),
}
_LEXICON = {
    "Banjar": "BANJAR",
    "Bugis": "BANJAR",
    "Dayak Meratus": "DAYAK",
    "Jawa": "JAWA",
    "Madura": "JAWA",
    "Sunda": "SUNDA",
    "Betawi": "SUNDA",
}
# the same name as three clerks write it; the first is the common way
_VARIANTS: dict[str, tuple[tuple[str, ...], tuple[int, ...]]] = {
    "Muhammad": (("Muhammad", "M.", "Muh.", "Mohammad", "Muhamad"), (10, 6, 4, 2, 2)),
    "Ahmad": (("Ahmad", "Akhmad", "Achmad"), (8, 3, 1)),
    "Siti": (("Siti", "St.", "Sitti"), (12, 2, 1)),
    "Abdul": (("Abdul", "Abd.", "Abdoel"), (10, 3, 1)),
    "Nur": (("Nur", "Nor", "Noor"), (5, 6, 2)),
    "Fatimah": (("Fatimah", "Patimah", "Fathimah"), (8, 3, 1)),
    "Khadijah": (("Khadijah", "Hadijah", "Kadijah"), (3, 4, 1)),
    "Aisyah": (("Aisyah", "Aisah", "Aysiah"), (8, 2, 1)),
    "Yusuf": (("Yusuf", "Jusuf", "Yusup"), (6, 1, 2)),
    "Rizki": (("Rizki", "Rizky", "Riski", "Rezeki"), (6, 4, 3, 1)),
    "Zainal": (("Zainal", "Jainal"), (4, 1)),
    "Fitriani": (("Fitriani", "Pitriani", "Fitriyani"), (5, 1, 2)),
}
_DEGREES = ("S.Pd.", "S.E.", "S.Sos.", "S.P.", "S.Kom.", "S.Pd.I.", "S.H.")


def given_name(rng: Random, *, ethnicity: str, female: bool, age: int, muslim: bool) -> str:
    """A name for somebody of this people and generation; older people bear shorter ones."""
    names = (_WOMEN if female else _MEN)[_LEXICON[ethnicity]]
    parts = [rng.choice(names)]
    if muslim and rng.random() < _piety(age):
        parts = _pious(rng, parts[0], female=female)
    elif rng.random() < _second_word(age):
        parts.append(rng.choice(names))
    words = [_variant(rng, word) for word in dict.fromkeys(parts)]
    if age >= _OLD_SPELLING_FROM and rng.random() < 0.15:
        words[-1] = _old_spelling(words[-1])
    name = " ".join(words)
    if muslim and age >= _TITLE_FROM and rng.random() < 0.05:
        name = f"{'Hj.' if female else 'H.'} {name}"
    return name


def with_degree(rng: Random, name: str) -> str:
    """The name as a graduate writes it."""
    return f"{name}, {rng.choice(_DEGREES)}"


def _piety(age: int) -> float:
    return 0.72 if age < 20 else 0.5 if age < 45 else 0.3


def _second_word(age: int) -> float:
    return 0.7 if age < 20 else 0.4 if age < 45 else 0.12


def _pious(rng: Random, own: str, *, female: bool) -> list[str]:
    drawn = rng.random()
    if female:
        if drawn < 0.35:
            return ["Siti", rng.choice(_MUSLIM_WOMEN)]
        if drawn < 0.6:
            return ["Nur", rng.choice(_MUSLIM_WOMEN)]
        return [own, rng.choice(_MUSLIM_WOMEN)]
    if drawn < 0.4:
        return ["Muhammad", rng.choice(_MUSLIM_MEN)]
    if drawn < 0.55:
        return ["Ahmad", rng.choice((own, rng.choice(_MUSLIM_MEN)))]
    if drawn < 0.7:
        return ["Abdul", rng.choice(_ABDUL)]
    return [own, rng.choice(_MUSLIM_MEN)]


def _variant(rng: Random, word: str) -> str:
    if word not in _VARIANTS:
        return word
    spellings, weights = _VARIANTS[word]
    return rng.choices(spellings, weights)[0]


def _old_spelling(word: str) -> str:
    """Spelling of before 1947: oe for u."""
    return word.replace("u", "oe")

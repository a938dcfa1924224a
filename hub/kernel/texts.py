"""Sentences for people, in Bahasa Indonesia by default and in English on request.

The English sentence is the message id; its Indonesian text stands in a catalogue of `hub/locale`: `id.po` for refusals,
`id.cli.po` for the command line. A test fails on a refusal without a translation.
"""

from functools import lru_cache
from importlib.resources import files
from io import BytesIO

from babel.messages.pofile import read_po

from hub.kernel.errors import HubError, one_line

LANGUAGES = ("id", "en")


def preferred(accept_language: str) -> str:
    """The language to answer in: English where it is preferred to Indonesian, else Indonesian."""
    best, quality = "id", 0.0
    for position, part in enumerate(accept_language.lower().split(",")[:20]):
        tag, _, parameter = part.strip().partition(";")
        language = tag.strip().split("-")[0]
        weight = _quality(parameter) - position / 1000
        if language in LANGUAGES and weight > quality:
            best, quality = language, weight
    return best


def _quality(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    try:
        return float(value) if name == "q" else 1.0
    except ValueError:
        return 0.0


def say(message_id: str, lang: str, **params: str | int) -> str:
    """A sentence in a language, its placeholders filled."""
    text = message_id if lang == "en" else _catalogue().get(message_id, message_id)
    return text.format_map(_Lenient(params)) if params or "{" in text else text


def sentence(error: HubError, lang: str) -> str:
    """What a refusal says."""
    return say(error.message_id, lang, **error.params)


def advice(error: HubError, lang: str) -> str:
    """What to do about it."""
    return say(one_line(type(error).hint), lang, **error.params)


class _Lenient(dict[str, str | int]):
    """A missing placeholder stays visible rather than hiding the sentence."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


@lru_cache(maxsize=1)
def _catalogue() -> dict[str, str]:
    return {
        str(message.id): str(message.string)
        for source in sorted(files("hub").joinpath("locale").iterdir(), key=lambda each: each.name)
        if source.name.endswith(".po")
        for message in read_po(BytesIO(source.read_bytes()), locale="id")
        if message.id and message.string
    }

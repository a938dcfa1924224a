"""Sentences for people, in Bahasa Indonesia by default and in English on request.

The English sentence is the message id; its Indonesian text stands in a catalogue of `hub/locale`: `id.po` for refusals,
`id.cli.po` for the command line. A test fails on a refusal without a translation.
"""

import re
from functools import lru_cache
from importlib.resources import files
from io import BytesIO

from babel.messages.pofile import read_po

from hub.kernel.errors import HubError, one_line

_SHORT = 100  # characters of a header worth remembering
LANGUAGES = ("id", "en")
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")  # other braces, as in an example of JSON, are text


def preferred(accept_language: str) -> str:
    """The language to answer in: English where it is preferred to Indonesian, else Indonesian."""
    return _remembered(accept_language) if len(accept_language) <= _SHORT else _preferred(accept_language)


def _preferred(accept_language: str) -> str:
    best, quality = "id", 0.0
    for position, part in enumerate(accept_language.lower().split(",")[:20]):
        tag, _, parameter = part.strip().partition(";")
        language = tag.strip().split("-")[0]
        weight = _quality(parameter) - position / 1000
        if language in LANGUAGES and weight > quality:
            best, quality = language, weight
    return best


_remembered = lru_cache(maxsize=128)(_preferred)


def _quality(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    try:
        return float(value) if name == "q" else 1.0
    except ValueError:
        return 0.0


def say(message_id: str, lang: str, **params: str | int) -> str:
    """A sentence in a language, its placeholders filled. A parameter that is itself in the catalogue is translated too.

    A placeholder without a parameter stays visible rather than hiding the sentence.
    """

    def fill(found: re.Match[str]) -> str:
        return _in(lang, str(params[found[1]])) if found[1] in params else found[0]

    return PLACEHOLDER.sub(fill, _in(lang, message_id))


def sentence(error: HubError, lang: str) -> str:
    """What a refusal says."""
    return say(error.message_id, lang, **error.params)


def advice(error: HubError, lang: str) -> str:
    """What to do about it."""
    return say(one_line(type(error).hint), lang, **error.params)


def _in(lang: str, text: str) -> str:
    return text if lang == "en" else catalogue().get(text, text)


@lru_cache(maxsize=1)
def catalogue() -> dict[str, str]:
    """The Indonesian texts by their English ones."""
    return {
        str(message.id): str(message.string)
        for source in sorted(files("hub").joinpath("locale").iterdir(), key=lambda each: each.name)
        if source.name.endswith(".po")
        for message in read_po(BytesIO(source.read_bytes()), locale="id")
        if message.id and message.string
    }

"""What the demo's kecamatan announce and ask, through the domains' own actions. All of it is made up."""

# ruff: noqa: S311
# (not a secret: the draw must repeat)

from datetime import timedelta
from random import Random
from uuid import UUID

from sqlalchemy import select

from hub.domains.announcements import actions as announcements
from hub.domains.announcements.model import Audience, RelayMeans
from hub.domains.surveys import actions as surveys
from hub.domains.surveys.model import ELEMENTS, AgeBand, SatisfactionElement, SurveyTemplate
from hub.domains.villages.model import Village
from hub.store.base import table
from hub.store.unit import Unit

_SAID = (
    (
        "Pelayanan jemput bola KTP-el",
        "Petugas datang ke balai desa tiap Selasa pukul 09.00. Bawa kartu keluarga.",
        Audience.PUBLIC,
        ["WEBSITE", "WHATSAPP", "PRINT"],
    ),
    (
        "Rapat koordinasi kepala desa",
        "Rapat bulanan di aula kecamatan; bahan dikirim seminggu sebelumnya.",
        Audience.VILLAGES,
        ["WHATSAPP"],
    ),
    (
        "Undangan temu mitra",
        "Organisasi mitra diundang membahas rencana kegiatan triwulan.",
        Audience.PARTNERS,
        ["WHATSAPP"],
    ),
)
_COMMENTS = ("Pelayanan cepat dan ramah.", "Ruang tunggu perlu ditambah kursi.", None, None, None)
_LIKELY = (2, 3, 3, 3, 4, 4, 4)
_PAST, _NOW = 40, 12  # how many answered each of the two surveys


async def speak(unit: Unit) -> None:
    """Three announcements, one of them passed on by two villages; a survey that is over and one that runs."""
    rng = Random(f"voices:{unit.tenant.code}")
    first = None
    for title, body, audience, channels in _SAID:
        values = {"title": title, "body": body, "audience": audience.value, "channels": channels}
        made = await announcements.draft(unit, values)
        await announcements.publish(unit, made.id)
        first = first or made.id
    if first is not None:
        await _pass_on(unit, first, rng)
    over = await _asked(unit, "Survei kepuasan semester lalu", rng, respondents=_PAST, days=0)
    await surveys.close(unit, over)
    await surveys.publish(unit, over)
    await _asked(unit, "Survei kepuasan semester ini", rng, respondents=_NOW, days=150)


async def _pass_on(unit: Unit, announcement: UUID, rng: Random) -> None:
    own = table(Village).c
    found = select(own.id).where(own.tenant_id == unit.tenant.id).order_by(own.code).limit(2)
    for row in await unit.rows(found):
        said = announcements.Relayed(
            on=None, means=RelayMeans.NOTICE_BOARD, reached=rng.randrange(40, 200, 10), note=None
        )
        await announcements.relay(unit, announcement, said, village=row["id"])


async def _asked(unit: Unit, title: str, rng: Random, *, respondents: int, days: int) -> UUID:
    today = unit.now.today(unit.tenant.zone)
    made = await surveys.open_one(
        unit,
        {
            "title": title,
            "service": "Pelayanan administrasi di loket",
            "channel": "COUNTER",
            "from_on": today - timedelta(days=30),
            "until_on": today + timedelta(days=days),
        },
    )
    for _ in range(respondents):
        comment, age = rng.choice(_COMMENTS), rng.choice(list(AgeBand))
        answers = surveys.Answers(scores=_scores(rng), comment=comment, age_band=age.value)
        await surveys.answer(unit, made.id, answers)
    return made.id


def _scores(rng: Random) -> list[tuple[SatisfactionElement, int]]:
    return [(each, rng.choice(_LIKELY)) for each in ELEMENTS[SurveyTemplate.SKM_9_2017]]

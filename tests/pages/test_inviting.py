"""Invitations, resets by two people and what the graph says of them."""

from typing import Any
from uuid import uuid4

import pytest

from hub.domains.accounts.passphrases import checked
from hub.kernel.errors import BadInput
from hub.tenants.administration import entered
from tests.client import Client
from tests.pages.conftest import Stage
from tests.pages.visitor import INVITE, PASSPHRASE, SECRET, invited

PLACE = ("32.13.21", "Legonkulon", ("32.13.21.2001", "32.13.21.2002"))
OVER = "Undangan ini tidak berlaku, atau tidak berlaku lagi."
TOLD = "url expiresAt userErrors { code path }"
RENEW = f"mutation ($input: RenewInvitationInput!) {{ answer: renewInvitation(input: $input) {{ {TOLD} }} }}"
APPROVE = f"mutation ($input: ApproveSignInResetInput!) {{ answer: approveSignInReset(input: $input) {{ {TOLD} }} }}"
ASK = (
    "mutation ($input: AskSignInResetInput!) "
    "{ answer: askSignInReset(input: $input) { userErrors { code path } replayed } }"
)


async def act(stage: Stage, query: str, by: str = "CAMAT", *, key: str | None = None, **given: Any) -> dict[str, Any]:
    """The payload of a mutation by a role's key."""
    http = stage.visitor().http
    data = await Client(http).data(query, {"input": given}, key=key or stage.place.keys[by])
    answer: dict[str, Any] = data["answer"]
    return answer


async def refusal(stage: Stage, query: str, by: str = "CAMAT", **given: Any) -> tuple[str, list[str]]:
    """Code and path of the one refusal."""
    answer = await act(stage, query, by, **given)
    assert answer.get("url") is None
    (error,) = answer["userErrors"]
    return error["code"], error["path"]


def person(sign_in_name: str, role: str = "KEC_COUNTER", **more: Any) -> dict[str, Any]:
    """Somebody to be invited."""
    return {"name": "Orang Baru", "signInName": sign_in_name, "role": role, "reason": "SK 3", **more}


async def rows(stage: Stage, query: str, *values: Any) -> list[Any]:
    """As the owner sees them."""
    async with entered(stage.owner, stage.place.tenant.id):
        return list(await stage.owner.fetch(query, *values))


@pytest.mark.parametrize(
    ("role", "given", "code", "path"),
    [
        ("KEC_COUNTER", person("x.satu"), "FORBIDDEN", []),
        ("INTEGRATION", person("x.satu"), "FORBIDDEN", []),
        ("KEC_SECRETARY", person("x.satu", "CAMAT"), "ROLE_NOT_GIVABLE", ["role"]),
        ("KEC_SECRETARY", person("x.satu", "KEC_SECRETARY"), "ROLE_NOT_GIVABLE", ["role"]),
        ("CAMAT", person("x.satu", "CAMAT"), "ROLE_NOT_GIVABLE", ["role"]),
        ("CAMAT", person("x.satu", "INTEGRATION"), "ROLE_NOT_GIVABLE", ["role"]),
        ("CAMAT", person("x.satu", "FRONT_END"), "ROLE_NOT_GIVABLE", ["role"]),
        ("CAMAT", person("x.satu", "PLATFORM_ADMIN"), "ROLE_NOT_GIVABLE", ["role"]),
        ("CAMAT", person("x.satu", "VILLAGE_HEAD"), "NOT_GRANTABLE", ["role"]),
        ("CAMAT", person("X Satu!"), "SIGN_IN_NAME_MALFORMED", ["signInName"]),
        ("CAMAT", person("ab"), "SIGN_IN_NAME_MALFORMED", ["signInName"]),
        ("CAMAT", person("x.satu", name=" "), "TEXT_MISSING", ["name"]),
    ],
)
async def test_an_invitation_is_refused(
    stage: Stage, role: str, given: dict[str, Any], code: str, path: list[str]
) -> None:
    before = await rows(stage, "select id from principal")
    assert await refusal(stage, INVITE, role, **given) == (code, path)
    assert await rows(stage, "select id from principal") == before


async def test_a_village_role_is_given_for_a_village_of_the_kecamatan(stage: Stage) -> None:
    village = stage.place.id("Village")
    visitor = stage.visitor()
    await visitor.join(await invited(stage.app, stage.place, "kades", role="VILLAGE_HEAD", village=village))
    assert "Kepala desa" in visitor.text


async def test_a_name_is_taken_once(stage: Stage) -> None:
    await invited(stage.app, stage.place, "sama")
    assert await refusal(stage, INVITE, **person("SAMA")) == ("SIGN_IN_NAME_TAKEN", ["signInName"])


async def test_an_invitation_is_used_once_and_kept_as_a_hash(stage: Stage) -> None:
    url = await invited(stage.app, stage.place, "sekali")
    token = url.rpartition("/")[2]
    kept = await rows(stage, "select i::text from sign_in_invitation i")
    assert not any(token in row[0] or token.partition(".")[2] in row[0] for row in kept)
    visitor = stage.visitor()
    await visitor.join(url)
    again = stage.visitor()
    await again.see(url)
    assert (again.here.status_code, OVER in again.text) == (404, True)


@pytest.mark.parametrize("token", ["1.x", "x", "0." + "A" * 43, "999999999." + "A" * 43, "1." + "A" * 43])
async def test_other_invitations_do_not_hold(stage: Stage, token: str) -> None:
    visitor = stage.visitor()
    await visitor.see(f"/undangan/{token}")
    assert (visitor.here.status_code, OVER in visitor.text) == (404, True)


async def test_an_invitation_ends_after_seven_days_also_between_its_steps(stage: Stage) -> None:
    url = await invited(stage.app, stage.place, "terlambat")
    days = await rows(stage, "select expires_at - created_at as life from sign_in_invitation order by id desc limit 1")
    assert days[0]["life"].days == 7
    visitor = stage.visitor()
    await visitor.see(url)
    await visitor.send(url, sandi=PASSPHRASE, sandi_lagi=PASSPHRASE)
    found = SECRET.search(visitor.text)
    assert found is not None
    visitor.secret = found[1].replace(" ", "")
    await rows(stage, "update sign_in_invitation set expires_at = now() returning id")
    await visitor.send("/masuk/pasang", kode=visitor.code())
    assert (visitor.here.status_code, OVER in visitor.text) == (404, True)
    assert (await stage.visitor().http.get(url)).status_code == 404
    told = await act(stage, RENEW, signInName="terlambat")
    await visitor.join(told["url"])
    assert visitor.here.url.path == "/meja"


async def test_a_renewed_invitation_replaces_the_old_one(stage: Stage) -> None:
    old = await invited(stage.app, stage.place, "hilang")
    new = (await act(stage, RENEW, "KEC_SECRETARY", signInName="hilang"))["url"]
    assert (await stage.visitor().http.get(old)).status_code == 404
    visitor = stage.visitor()
    await visitor.join(new)
    assert await refusal(stage, RENEW, signInName="hilang") == ("ALREADY_JOINED", ["signInName"])
    assert await refusal(stage, RENEW, signInName="tidak.ada") == ("NOBODY_SIGNS_IN_SO", ["signInName"])
    assert await refusal(stage, RENEW, "KEC_COUNTER", signInName="hilang") == ("FORBIDDEN", [])


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("pendek", "pendek", "Kata sandi paling sedikit 12 karakter."),
        ("katasandi123", "katasandi123", "terlalu mudah ditebak"),
        ("aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa", "terlalu mudah ditebak"),
        ("qwertyuiop123", "qwertyuiop123", "terlalu mudah ditebak"),
        (PASSPHRASE, PASSPHRASE + "!", "Kedua kata sandi tidak sama."),
        ("x" * 199 + "yz", "x" * 199 + "yz", "paling banyak 200 karakter"),
    ],
)
async def test_a_bad_passphrase_is_said_and_nothing_is_kept(stage: Stage, first: str, second: str, said: str) -> None:
    url = await invited(stage.app, stage.place, f"sandi.{abs(hash(first)) % 10**6}.{len(second)}")
    visitor = stage.visitor()
    await visitor.see(url)
    await visitor.send(url, sandi=first, sandi_lagi=second)
    assert (visitor.here.status_code, said in visitor.text) == (400, True)
    kept = await rows(stage, "select passphrase from sign_in_account order by id desc limit 1")
    assert [row["passphrase"] for row in kept] == [None]


async def test_what_is_kept_of_a_passphrase_is_argon2_and_its_code_secret_is_sealed(stage: Stage) -> None:
    visitor = await stage.member("argon")
    query = "select passphrase, totp_sealed from sign_in_account where name = 'argon'"
    (row,) = await rows(stage, query)
    assert row["passphrase"].startswith("$argon2id$v=19$m=47104,t=3,p=1$")
    assert visitor.secret.encode() not in row["totp_sealed"]


# A reset takes two people


async def test_two_officials_reset_and_the_person_sets_up_anew(stage: Stage) -> None:
    visitor = await stage.member("lupa")
    given = {"signInName": "lupa", "reason": "datang sendiri dengan KTP", "idempotencyKey": "lupa-1"}
    assert (await act(stage, ASK, "KEC_SECTION_HEAD", **given))["userErrors"] == []
    assert (await visitor.http.get("/sesi")).status_code == 200
    told = await act(stage, APPROVE, "KEC_SECRETARY", signInName="lupa")
    stage.hub.sessions.clear()
    assert (await visitor.http.get("/sesi")).status_code == 303
    other = stage.visitor()
    other.secret = visitor.secret
    await other.sign_in(stage.place, "lupa")
    assert other.here.url.path == "/masuk"
    await other.see(told["url"])
    assert "Akun Anda dipulihkan." in other.text
    old = visitor.secret
    await other.join(told["url"], "lima kata lain yang baru")
    assert other.secret != old
    assert other.here.url.path == "/meja"
    query = "select kind, role from journal_entry where type_name = 'Account' and kind like 'RESET%' order by id"
    assert [tuple(row) for row in await rows(stage, query)] == [
        ("RESET_ASKED", "KEC_SECTION_HEAD"),
        ("RESET_APPROVED", "KEC_SECRETARY"),
    ]


async def test_one_official_alone_resets_nothing(stage: Stage) -> None:
    await stage.member("sendiri")
    assert await refusal(stage, APPROVE, "CAMAT", signInName="sendiri") == ("NO_RESET_ASKED", ["signInName"])
    given = {"signInName": "sendiri", "reason": "-", "idempotencyKey": "s-1"}
    await act(stage, ASK, "CAMAT", **given)
    assert await refusal(stage, APPROVE, "CAMAT", signInName="sendiri") == ("RESET_BY_THE_SAME", [])
    await rows(stage, "update sign_in_invitation set expires_at = now() where kind = 'RESET' returning id")
    assert await refusal(stage, APPROVE, "KEC_SECRETARY", signInName="sendiri") == ("NO_RESET_ASKED", ["signInName"])


async def test_two_section_heads_are_not_enough(stage: Stage) -> None:
    await stage.member("dua.kasi")
    given = {"signInName": "dua.kasi", "reason": "-", "idempotencyKey": "dk-1"}
    await act(stage, ASK, "KEC_SECTION_HEAD", **given)
    await rows(stage, "update sign_in_invitation set asked_by = gen_random_uuid() where kind = 'RESET' returning id")
    code, _ = await refusal(stage, APPROVE, "KEC_SECTION_HEAD", signInName="dua.kasi")
    assert code == "RESET_BY_THE_SAME"


async def test_nobody_resets_themselves(stage: Stage) -> None:
    await stage.member("bu.sekcam", role="KEC_SECRETARY")
    query = (
        "update api_key k set grant_id = g.id from access_grant g "
        "join sign_in_account a on a.principal_id = g.principal_id "
        "where a.name = 'bu.sekcam' and k.grant_id in (select id from access_grant where role = 'KEC_SECRETARY') "
        "and k.tenant_id = a.tenant_id returning k.id"
    )
    assert len(await rows(stage, query)) == 1  # the secretary's key is hers from now on
    stage.hub.gate.keys.clear()
    given = {"signInName": "bu.sekcam", "reason": "-", "idempotencyKey": "bs-1"}
    assert await refusal(stage, ASK, "KEC_SECRETARY", **given) == ("RESET_BY_THE_SAME", [])
    assert (await act(stage, ASK, "CAMAT", **given))["userErrors"] == []
    assert await refusal(stage, APPROVE, "KEC_SECRETARY", signInName="bu.sekcam") == ("RESET_BY_THE_SAME", [])


async def test_a_counter_officer_asks_for_no_reset(stage: Stage) -> None:
    given = {"signInName": "lupa", "reason": "-", "idempotencyKey": "c-1"}
    assert await refusal(stage, ASK, "KEC_COUNTER", **given) == ("FORBIDDEN", [])
    given = {"signInName": "hilang.lagi", "reason": "-", "idempotencyKey": "c-2"}
    await invited(stage.app, stage.place, "hilang.lagi")
    assert await refusal(stage, ASK, **given) == ("NOT_YET_JOINED", ["signInName"])


async def test_the_database_shows_an_office_no_proofs(stage: Stage) -> None:
    query = (
        "select privilege_type, column_name from information_schema.column_privileges "
        "where table_name = 'sign_in_account' and grantee = 'hub_api' and privilege_type = 'SELECT' order by 2"
    )
    readable = [row["column_name"] for row in await stage.owner.fetch(query)]
    assert readable == [
        "activated_at",
        "created_at",
        "id",
        "name",
        "principal_id",
        "tenant_id",
        "updated_at",
        "version",
    ]


@pytest.mark.parametrize(
    "passphrase",
    ["siti aminah 2026", "Siti.Aminah123", "kecamatanhub2026", "abcabcabcabc", "123456789012", "legonkulon99"],
)
def test_a_passphrase_that_others_would_try_is_refused(passphrase: str) -> None:
    with pytest.raises(BadInput) as caught:
        checked(passphrase, passphrase, "siti.aminah", "Siti Aminah", "Legonkulon")
    assert caught.value.code == "PASSPHRASE_COMMON"


# Which invitations there are

REVOKE = (
    "mutation ($input: RevokeInvitationInput!) { answer: revokeInvitation(input: $input) { userErrors { code path } } }"
)
LISTED = "{ signInInvitations { signInName name role invitedBy invitedAs state createdAt expiresAt } }"


async def listed(stage: Stage, by: str = "CAMAT") -> dict[str, dict[str, Any]]:
    """The invitations that somebody is told of, by the name for signing in."""
    found = (await Client(stage.visitor().http).data(LISTED, key=stage.place.keys[by]))["signInInvitations"]
    return {each["signInName"]: each for each in found or ()}


async def revoke(stage: Stage, name: str, by: str = "CAMAT") -> list[tuple[str, list[str]]]:
    """What is refused of taking an invitation back."""
    given = {"signInName": name, "idempotencyKey": f"{name} {by} {uuid4()}"}
    return [(each["code"], each["path"]) for each in (await act(stage, REVOKE, by, **given))["userErrors"]]


async def test_invitations_are_listed_with_what_became_of_them_and_without_their_address(stage: Stage) -> None:
    await invited(stage.app, stage.place, "daftar.tunggu", by="KEC_SECRETARY")
    await invited(stage.app, stage.place, "daftar.lewat")
    await invited(stage.app, stage.place, "daftar.tarik")
    await stage.member("daftar.dipakai", role="KEC_SECTION_HEAD")
    await rows(
        stage,
        "update sign_in_invitation i set expires_at = now() from sign_in_account a "
        "where a.id = i.account_id and a.name = 'daftar.lewat' returning i.id",
    )
    assert await revoke(stage, "daftar.tarik") == []

    found = await listed(stage, "KEC_SECRETARY")
    mine = {name: each for name, each in found.items() if name.startswith("daftar.")}
    assert {name: (each["role"], each["invitedAs"], each["state"]) for name, each in mine.items()} == {
        "daftar.tunggu": ("KEC_COUNTER", "KEC_SECRETARY", "OPEN"),
        "daftar.lewat": ("KEC_COUNTER", "CAMAT", "EXPIRED"),
        "daftar.tarik": ("KEC_COUNTER", "CAMAT", "REVOKED"),
        "daftar.dipakai": ("KEC_SECTION_HEAD", "CAMAT", "USED"),
    }
    assert mine["daftar.tunggu"]["name"] == "Warga daftar.tunggu"
    assert mine["daftar.lewat"]["invitedBy"] == "CAMAT"  # whose key has no other name here
    states = [each["state"] for each in found.values()]
    assert states == sorted(states, key=lambda state: state != "OPEN")  # what waits stands first
    assert "/undangan/" not in str(found)


async def test_a_renewed_invitation_stands_once_and_waits_again(stage: Stage) -> None:
    await invited(stage.app, stage.place, "daftar.ulang")
    assert await revoke(stage, "daftar.ulang") == []
    assert (await listed(stage))["daftar.ulang"]["state"] == "REVOKED"
    told = await act(stage, RENEW, signInName="daftar.ulang")

    assert (await listed(stage))["daftar.ulang"]["state"] == "OPEN"
    assert (await stage.visitor().http.get(told["url"])).status_code == 200


async def test_an_invitation_that_was_taken_back_lets_nobody_in_at_whatever_step(stage: Stage) -> None:
    url = await invited(stage.app, stage.place, "ditarik")
    visitor = stage.visitor()
    await visitor.see(url)
    await visitor.send(url, sandi=PASSPHRASE, sandi_lagi=PASSPHRASE)
    found = SECRET.search(visitor.text)
    assert found is not None
    visitor.secret = found[1].replace(" ", "")
    assert await revoke(stage, "ditarik") == []
    assert await revoke(stage, "ditarik") == []  # nothing is open any more: nothing happens

    await visitor.send("/masuk/pasang", kode=visitor.code())
    assert (visitor.here.status_code, OVER in visitor.text) == (404, True)
    assert (await stage.visitor().http.get(url)).status_code == 404
    query = (
        "select j.kind from journal_entry j join sign_in_account a on a.id = j.object_id "
        "where a.name = 'ditarik' order by j.id"
    )
    assert [each["kind"] for each in await rows(stage, query)] == ["PERSON_INVITED", "INVITATION_REVOKED"]


async def test_who_has_joined_or_is_nobody_cannot_be_uninvited_and_not_by_everybody(stage: Stage) -> None:
    await stage.member("sudah.masuk")
    await invited(stage.app, stage.place, "tetap.boleh")

    assert await revoke(stage, "sudah.masuk") == [("ALREADY_JOINED", ["signInName"])]
    assert await revoke(stage, "tidak.ada.sama") == [("NOBODY_SIGNS_IN_SO", ["signInName"])]
    assert await revoke(stage, "tetap.boleh", "KEC_SECTION_HEAD") == [("FORBIDDEN", [])]
    assert await listed(stage, "KEC_SECTION_HEAD") == {}
    assert (await listed(stage))["tetap.boleh"]["state"] == "OPEN"

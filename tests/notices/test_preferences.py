"""How people choose to hear of notices, and a message to try it."""

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.config import settings
from app.notices import jobs
from app.people.models import Account
from tests.clients import Client, problem
from tests.factories import an_account
from tests.notices.arranging import HOUR, PREFERENCES, SECRET, by_email, by_webhook, prefer, quiet
from tests.notices.receivers import Hooks, Mailbox

pytestmark = pytest.mark.usefixtures("configured")
URL = "https://partner.example/in"


async def test_who_chose_nothing_hears_nothing_outside_the_inbox(
    client: Client, wang: Account
) -> None:
    told = (await client.as_(wang).get(PREFERENCES)).json()
    assert told == {"email": None, "webhook": None, "quiet": None, "email_available": True}


async def test_choices_are_kept_replaced_and_forgotten(client: Client, wang: Account) -> None:
    wanted = {
        "email": {"address": "wang@city.example", "on": True, "muted": ["overdue"]},
        "webhook": {"url": URL, "on": False, "muted": []},
        "quiet": {"begins": "22:00", "ends": "07:30", "weekdays": [1, 5]},
    }
    told = await prefer(
        client, wang, {**wanted, "webhook": {**wanted["webhook"], "secret": SECRET}}
    )
    assert told == {**wanted, "email_available": True}
    assert (await client.as_(wang).get(PREFERENCES)).json() == told
    told = await prefer(client, wang, {"quiet": {"begins": "00:00", "ends": "06:00"}})
    assert told["quiet"] == {"begins": "00:00", "ends": "06:00", "weekdays": [1, 2, 3, 4, 5, 6, 7]}
    assert told["email"] is told["webhook"] is None


async def test_a_webhook_needs_a_secret_until_one_is_stored(client: Client, wang: Account) -> None:
    bare = {"webhook": {"url": URL}}
    refused = await client.as_(wang).put(PREFERENCES, bare)
    body = problem(refused, 422, "webhook-secret-missing")
    assert body["errors"][0]["pointer"] == "/webhook/secret"
    await prefer(client, wang, {"webhook": {"url": URL, "secret": SECRET}})
    assert (await prefer(client, wang, bare))["webhook"]["url"] == URL
    await prefer(client, wang)  # forgotten, the secret too
    problem(await client.as_(wang).put(PREFERENCES, bare), 422, "webhook-secret-missing")


@pytest.mark.parametrize(
    ("wanted", "pointer"),
    [
        ({"email": {"address": "wang"}}, "/email/address"),
        ({"email": {"address": "wang@city.example\nBcc: x@y.example"}}, "/email/address"),
        ({"email": {"address": "王@city.example"}}, "/email/address"),
        ({"email": {"address": "a@b.example, c@d.example"}}, "/email/address"),
        ({"email": {"address": "a@b.example", "muted": ["No Kind"]}}, "/email/muted/0"),
        ({"webhook": {"url": "ftp://partner.example"}}, "/webhook/url"),
        ({"webhook": {"url": "https://"}}, "/webhook/url"),
        ({"webhook": {"url": "https://user:pass@partner.example/"}}, "/webhook/url"),
        ({"webhook": {"url": "https://partner.example/#x"}}, "/webhook/url"),
        ({"webhook": {"url": "https://partner.example:99999/"}}, "/webhook/url"),
        ({"webhook": {"url": URL, "secret": "short"}}, "/webhook/secret"),
        ({"webhook": {"url": URL, "secret": "密" * 20}}, "/webhook/secret"),
        ({"quiet": {"begins": "24:00", "ends": "07:00"}}, "/quiet/begins"),
        ({"quiet": {"begins": 22, "ends": "07:00"}}, "/quiet/begins"),
        ({"quiet": {"begins": "22:00"}}, "/quiet/ends"),
        ({"quiet": {"begins": "22:00", "ends": "22:00"}}, "/quiet"),
        ({"quiet": {"begins": "22:00", "ends": "07:00", "weekdays": []}}, "/quiet/weekdays"),
        ({"quiet": {"begins": "22:00", "ends": "07:00", "weekdays": [0]}}, "/quiet/weekdays/0"),
    ],
)
async def test_a_wrong_choice_is_pointed_at(
    client: Client, wang: Account, wanted: dict[str, Any], pointer: str
) -> None:
    body = problem(await client.as_(wang).put(PREFERENCES, wanted), 422, "invalid-request")
    assert body["errors"][0]["pointer"] == pointer
    assert SECRET not in str(body)


async def test_in_production_webhooks_are_encrypted(
    client: Client, wang: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANGGE_ENV", "production")
    settings.cache_clear()
    plain = {"webhook": {"url": "http://partner.example/in", "secret": SECRET}}
    body = problem(await client.as_(wang).put(PREFERENCES, plain), 422, "invalid-request")
    assert body["errors"] == [{"pointer": "/webhook/url", "detail": "应以 https:// 开头"}]
    await prefer(client, wang, {"webhook": {"url": URL, "secret": SECRET}})


async def test_nobody_sees_or_changes_the_choices_of_another(
    client: Client, session: AsyncSession, wang: Account
) -> None:
    li = await an_account(session, "administrator", username="li")
    await prefer(client, wang, by_email())
    assert (await client.as_(li).get(PREFERENCES)).json()["email"] is None
    await prefer(client, li, {"email": {"address": "li@city.example"}})
    told = (await client.as_(wang).get(PREFERENCES)).json()
    assert told["email"]["address"] == "wang@city.example"


async def test_a_key_is_no_person(client: Client) -> None:
    speaks = client.with_key("wgk_whatever")
    problem(await speaks.get(PREFERENCES), 403, "forbidden")
    problem(await speaks.put(PREFERENCES, {}), 403, "forbidden")
    problem(await speaks.post(f"{PREFERENCES}/test"), 403, "forbidden")


async def test_a_test_message_goes_to_ones_own_channels_at_once(
    client: Client, hooks: Hooks, box: Mailbox, wang: Account
) -> None:
    await prefer(client, wang, by_webhook(hooks), by_email(), quiet(-HOUR, HOUR))
    speaks = client.as_(wang)
    answer = await speaks.post(f"{PREFERENCES}/test")
    assert answer.status_code == 202, answer.text
    assert answer.json()["channels"] == ["email", "webhook"]
    await jobs.deliver()
    assert len(hooks.posts) == len(box.mails) == 1
    (notice,) = (await speaks.get("/api/v1/me/notices")).json()["items"]
    assert notice["id"] == answer.json()["notice"]
    assert [sent["state"] for sent in notice["deliveries"]] == ["sent", "sent"]


async def test_a_test_message_is_sent_once_a_minute(
    client: Client, hooks: Hooks, wang: Account
) -> None:
    await prefer(client, wang, by_webhook(hooks))
    answers = [await client.as_(wang).post(f"{PREFERENCES}/test") for _ in range(3)]
    again = problem(answers[-1], 429, "test-too-soon")  # one of three, if a minute ends here
    assert answers[-1].headers["retry-after"] == "60"
    assert "每分钟" in again["detail"]


async def test_without_a_channel_there_is_nothing_to_test(client: Client, wang: Account) -> None:
    speaks = client.as_(wang)
    problem(await speaks.post(f"{PREFERENCES}/test"), 409, "no-channel")
    assert (await speaks.get("/api/v1/me/notices")).json()["items"] == []

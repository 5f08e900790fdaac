"""`wangge accounts`: the first administrator, and help when nobody can sign in."""

import asyncio

import asyncpg
import pytest
from typer.testing import CliRunner, Result

from app.cli import cli
from app.config import settings


@pytest.fixture
def on_copy(copy: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("DATABASE_URL", copy)
    settings.cache_clear()
    return copy


def wangge(*words: str, password: str = "") -> Result:
    return CliRunner().invoke(cli, ["accounts", *words], input=password)


def ask(url: str, question: str) -> object:
    async def answer() -> object:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(question)
        finally:
            await connection.close()

    return asyncio.run(answer())


def test_the_first_administrator_is_made_listed_helped(on_copy: str) -> None:
    wanted = ("create", "root", "--name", "管理员", "--role", "administrator")
    made = wangge(*wanted, "--password-stdin", password="correct horse\n")
    assert made.exit_code == 0, made.output
    post = ask(on_copy, "SELECT duty || '/' || place_code FROM post")
    assert post == "administrator/"
    assert wangge("list").stdout == "root\tadministrator\tactive\t管理员\n"

    ask(on_copy, "UPDATE account SET failed_logins = 5, locked_until = now() + interval '1 h'")
    assert wangge("unlock", "root").exit_code == 0
    assert ask(on_copy, "SELECT locked_until IS NULL AND failed_logins = 0 FROM account")

    before = ask(on_copy, "SELECT password_hash FROM account")
    typed = wangge("password", "root", password="another long one\nanother long one\n")
    assert typed.exit_code == 0, typed.output
    assert "another long one" not in typed.output
    assert ask(on_copy, "SELECT password_hash FROM account") != before


@pytest.mark.parametrize(
    ("words", "password"),
    [
        (("create", "Root", "--name", "x", "--role", "observer"), "correct horse"),
        (("create", "root", "--name", "x", "--role", "observer"), "short"),
        (("create", "root", "--name", "x", "--role", "observer", "--unit", "SZ"), "correct horse"),
        (("password", "nobody"), "correct horse"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    on_copy: str, words: tuple[str, ...], password: str
) -> None:
    failed = wangge(*words, "--password-stdin", password=password + "\n")
    assert failed.exit_code == 1, failed.output
    assert "Traceback" not in failed.output
    assert ask(on_copy, "SELECT count(*) FROM account") == 0

"""What sign-in takes and gives: secrets that no log and no answer repeats."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from app.schemas import In, Out, Text

PASSWORD_LENGTH = 10


def _encodable(value: SecretStr) -> SecretStr:
    try:
        value.get_secret_value().encode()
    except UnicodeEncodeError:
        raise ValueError("含有无效的 Unicode 字符|holds characters that are not Unicode") from None
    return value


def _long_enough(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < PASSWORD_LENGTH:
        raise ValueError(
            f"密码至少 {PASSWORD_LENGTH} 个字符|give at least {PASSWORD_LENGTH} characters"
        )
    return value


Secret = Annotated[SecretStr, AfterValidator(_encodable), Field(min_length=1, max_length=256)]
Password = Annotated[Secret, AfterValidator(_long_enough)]


class SignIn(BaseModel):
    """The OAuth2 password flow; what else a client of that flow sends is ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    grant_type: Literal["password"] = "password"
    username: Annotated[Text, Field(min_length=1, max_length=64)]
    password: Secret


class Refresh(In):
    """A refresh token."""

    refresh_token: Secret


class PasswordChange(In):
    """The password used so far and the new one."""

    current: Secret
    new: Password
    refresh_token: Secret | None = Field(
        None, description="The sign-in to keep; all others end, this one too if it is left out"
    )


class TokenOut(Out):
    """OAuth2's answer to a sign-in."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the kind, not a secret
    expires_in: int = Field(description="Seconds that the access token lives")
    refresh_token: str = Field(description="Works once, in POST /api/v1/auth/refresh")

"""HTTP of sign-in and people."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Response

from app.auth import Actor, current_actor, current_person, may
from app.db import Session
from app.people import keys, listing, service, signin
from app.people.credentials import PasswordChange, Refresh, SignIn, TokenOut
from app.people.errors import (
    AccountLocked,
    DeputyIncomplete,
    DeputyIsHolder,
    InvalidRefreshToken,
    KeyExpiryOutOfRange,
    OwnAdministration,
    PeriodReversed,
    RoleInUse,
    RoleNotHeld,
    ScopeNotHeld,
    UnitCodeTaken,
    UnitCycle,
    UnknownAccount,
    UnknownMatter,
    UnknownPlace,
    UnknownUnit,
    UsernameTaken,
    WrongCredentials,
    WrongPassword,
)
from app.people.schemas import (
    AccountChange,
    AccountFilter,
    AccountOut,
    AccountPage,
    KeyFilter,
    KeyPage,
    MeOut,
    NewAccount,
    NewKey,
    NewKeyOut,
    NewPost,
    NewUnit,
    PostChange,
    PostFilter,
    PostOut,
    PostPage,
    UnitChange,
    UnitFilter,
    UnitList,
    UnitOut,
)
from app.permissions import Permission
from app.problems import Forbidden, NotFound, raises

router = APIRouter(prefix="/api/v1", tags=["people"])
Anybody = Annotated[Actor, Depends(current_actor)]
Person = Annotated[Actor, Depends(current_person)]
Reader = Annotated[Actor, may(Permission.PEOPLE_READ)]
Manager = Annotated[Actor, may(Permission.PEOPLE_MANAGE)]
KeyManager = Annotated[Actor, may(Permission.KEY_MANAGE)]


def _private(response: Response) -> None:
    """Nothing on the way may keep an answer that holds a secret (RFC 6749, 5.1)."""
    response.headers["Cache-Control"] = "no-store"


def _located(response: Response, collection: str, found: UUID) -> None:
    response.headers["Location"] = f"/api/v1/{collection}/{found}"


@router.post("/auth/token", responses=raises(WrongCredentials, AccountLocked))
async def issue_token(data: Annotated[SignIn, Form()], response: Response) -> TokenOut:
    """Sign in with a password (OAuth2 password flow)."""
    _private(response)
    return await signin.sign_in(data)


@router.post("/auth/refresh", responses=raises(InvalidRefreshToken))
async def refresh_token(data: Refresh, response: Response) -> TokenOut:
    """New tokens for a refresh token. It works once: used again, the whole sign-in ends."""
    _private(response)
    return await signin.refresh(data.refresh_token)


@router.post("/auth/logout", status_code=204)
async def sign_out(data: Refresh) -> None:
    """End the sign-in that a refresh token belongs to; an unknown token has ended already."""
    await signin.sign_out(data.refresh_token)


@router.get("/me")
async def get_me(session: Session, actor: Anybody) -> MeOut:
    """Who you are, what you may do, and your posts in effect now, those as a deputy included."""
    return await listing.get_me(session, actor)


@router.put(
    "/me/password", status_code=204, responses=raises(WrongPassword, AccountLocked, Forbidden)
)
async def change_password(data: PasswordChange, session: Session, actor: Person) -> None:
    """Set your own password; other sign-ins can't be renewed and end with their access token."""
    await signin.change_password(session, actor, data)


@router.post("/units", status_code=201, responses=raises(UnitCodeTaken, UnknownUnit))
async def create_unit(
    data: NewUnit, session: Session, actor: Manager, response: Response
) -> UnitOut:
    """Set up a responsible department."""
    unit = await service.create_unit(session, data)
    _located(response, "units", unit.id)
    return await listing.get_unit(session, actor, unit.id)


@router.get("/units")
async def list_units(
    session: Session, actor: Reader, filters: Annotated[UnitFilter, Query()]
) -> UnitList:
    """Every unit, in the order of the tree."""
    return UnitList(items=await listing.list_units(session, actor, filters))


@router.get("/units/{unit_id}", responses=raises(NotFound))
async def get_unit(unit_id: UUID, session: Session, actor: Reader) -> UnitOut:
    """One unit."""
    return await listing.get_unit(session, actor, unit_id)


@router.patch("/units/{unit_id}", responses=raises(NotFound, UnitCycle, UnknownUnit))
async def change_unit(
    unit_id: UUID, change: UnitChange, session: Session, actor: Manager
) -> UnitOut:
    """Rename or move a unit, switch it off or on."""
    await service.change_unit(session, actor, unit_id, change)
    return await listing.get_unit(session, actor, unit_id)


@router.post("/accounts", status_code=201, responses=raises(UsernameTaken, UnknownUnit))
async def create_account(
    data: NewAccount, session: Session, actor: Manager, response: Response
) -> AccountOut:
    """Set up an account; give it a post so that it sees and is assigned something."""
    account = await service.create_account(session, data)
    _located(response, "accounts", account.id)
    return await listing.get_account(session, actor, account.id)


@router.get("/accounts")
async def list_accounts(
    session: Session, actor: Reader, filters: Annotated[AccountFilter, Query()]
) -> AccountPage:
    """Accounts of your places and units, by username, a page at a time."""
    return await listing.list_accounts(session, actor, filters)


@router.get("/accounts/{account_id}", responses=raises(NotFound))
async def get_account(account_id: UUID, session: Session, actor: Reader) -> AccountOut:
    """One account."""
    return await listing.get_account(session, actor, account_id)


@router.patch(
    "/accounts/{account_id}",
    responses=raises(NotFound, OwnAdministration, RoleInUse, UnknownUnit),
)
async def change_account(
    account_id: UUID, change: AccountChange, session: Session, actor: Manager
) -> AccountOut:
    """Change an account; switched off, or given a new password, its sign-ins can't be renewed."""
    await service.change_account(session, actor, account_id, change)
    return await listing.get_account(session, actor, account_id)


_POST_PROBLEMS = (PeriodReversed, UnknownAccount, RoleNotHeld, DeputyIncomplete, DeputyIsHolder)


@router.post(
    "/posts",
    status_code=201,
    responses=raises(UnknownPlace, UnknownMatter, *_POST_PROBLEMS),
)
async def create_post(
    data: NewPost, session: Session, actor: Manager, response: Response
) -> PostOut:
    """Give a person a post: in which place, for which class, from–to."""
    post = await service.create_post(session, data)
    _located(response, "posts", post.id)
    return await listing.get_post(session, actor, post.id)


@router.get("/posts")
async def list_posts(
    session: Session, actor: Reader, filters: Annotated[PostFilter, Query()]
) -> PostPage:
    """Posts of your places and units that are in effect, a page at a time."""
    return await listing.list_posts(session, actor, filters)


@router.get("/posts/{post_id}", responses=raises(NotFound))
async def get_post(post_id: UUID, session: Session, actor: Reader) -> PostOut:
    """One post, in effect or not."""
    return await listing.get_post(session, actor, post_id)


@router.patch("/posts/{post_id}", responses=raises(NotFound, *_POST_PROBLEMS))
async def change_post(
    post_id: UUID, change: PostChange, session: Session, actor: Manager
) -> PostOut:
    """End or prolong a post, or name its deputy. A post is ended, never deleted."""
    await service.change_post(session, actor, post_id, change)
    return await listing.get_post(session, actor, post_id)


@router.post(
    "/api-keys",
    status_code=201,
    responses=raises(UnknownAccount, ScopeNotHeld, KeyExpiryOutOfRange),
)
async def create_key(
    data: NewKey, session: Session, actor: KeyManager, response: Response
) -> NewKeyOut:
    """Make a key for a system. Its secret is in this answer only."""
    key, secret = await keys.create_key(session, actor, data)
    _private(response)
    _located(response, "api-keys", key.id)
    shown = await listing.get_key(session, actor, key.id)
    return NewKeyOut(secret=secret, **shown.model_dump())


@router.get("/api-keys")
async def list_keys(
    session: Session, actor: KeyManager, filters: Annotated[KeyFilter, Query()]
) -> KeyPage:
    """Keys, newest first, without their secrets."""
    return await listing.list_keys(session, actor, filters)


@router.delete("/api-keys/{key_id}", status_code=204, responses=raises(NotFound))
async def revoke_key(key_id: UUID, session: Session, actor: KeyManager) -> None:
    """Revoke a key for good."""
    await keys.revoke_key(session, actor, key_id)

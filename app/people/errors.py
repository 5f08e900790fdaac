"""What can go wrong with sign-in, accounts, units, posts and keys, by name."""

from collections.abc import Mapping
from typing import ClassVar

from app.problems import AppError, FieldProblem, constraint


class WrongCredentials(AppError):
    """No account that may sign in has this name and password; the answer does not tell which."""

    slug, status = "wrong-credentials", 401
    title = ("用户名或密码不正确", "The username or the password is wrong")
    headers: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": "Bearer"}


class AccountLocked(AppError):
    """Too many wrong passwords in a row; no password is looked at until the lock ends."""

    slug, status = "account-locked", 429
    title = ("账号已暂时锁定", "The account is locked for a while")
    detail = (
        "密码连续错误次数过多，请在 {retry_after_seconds} 秒后重试，或联系管理员",
        "Too many wrong passwords; try again in {retry_after_seconds} seconds or ask an"
        " administrator",
    )

    def reply_headers(self) -> Mapping[str, str]:
        """Retry-After holds the seconds that are left."""
        return {"Retry-After": str(self.members["retry_after_seconds"])}


class InvalidRefreshToken(AppError):
    """The refresh token is unknown, used, expired or revoked."""

    slug, status = "invalid-refresh-token", 401
    title = ("登录已失效，请重新登录", "The sign-in has ended")
    detail = (
        "刷新令牌只能使用一次；请用 POST /api/v1/auth/token 重新登录",
        "A refresh token works once; sign in again with POST /api/v1/auth/token",
    )
    headers: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": "Bearer"}


class WrongPassword(FieldProblem):
    """The current password that a change asks for is not the right one."""

    slug = "wrong-password"
    title = ("当前密码不正确", "The current password is wrong")
    detail = ("请输入正确的当前密码", "Give the password that you sign in with now")


class UsernameTaken(AppError):
    """Usernames are unique."""

    slug, status = "username-taken", 409
    title = ("用户名已被使用", "The username is taken")
    detail = ("请换一个用户名", "Choose another username")


class UnitCodeTaken(AppError):
    """Codes of units are unique."""

    slug, status = "unit-code-taken", 409
    title = ("单位编码已被使用", "The unit's code is taken")
    detail = ("请换一个编码，或修改已有单位", "Choose another code, or change the unit that has it")


class UnitCycle(FieldProblem):
    """A unit cannot stand below itself."""

    slug, status = "unit-cycle", 409
    title = ("单位层级成环", "The units would form a cycle")
    detail = (
        "「{parent}」是该单位自身或其下级，请选择其他上级单位",
        "'{parent}' is this unit itself or lies below it; choose another parent",
    )


class UnknownUnit(FieldProblem):
    """No active unit has this id."""

    slug = "unknown-unit"
    title = ("没有这个单位", "There is no such unit")
    detail = (
        "单位「{unit}」不存在或已停用；可用单位见 GET /api/v1/units",
        "There is no active unit '{unit}'; GET /api/v1/units lists them",
    )


class UnknownAccount(FieldProblem):
    """No active account has this id."""

    slug = "unknown-account"
    title = ("没有这个账号", "There is no such account")
    detail = (
        "账号「{account}」不存在或已停用；可用账号见 GET /api/v1/accounts",
        "There is no active account '{account}'; GET /api/v1/accounts lists them",
    )


class OwnAdministration(FieldProblem):
    """Administrators do not shut themselves out."""

    slug, status = "own-administration", 409
    title = ("不能取消自己的管理权限", "Your own administration stays")
    detail = (
        "管理员不能停用自己或去掉自己的管理员角色，请由另一位管理员操作",
        "Administrators can't deactivate themselves or drop their own role; ask another one",
    )


class RoleInUse(FieldProblem):
    """A role cannot go while posts rest on it; `posts` names them."""

    slug, status = "role-in-use", 409
    title = ("仍有岗位需要该角色", "Posts still need this role")
    detail = (
        "请先结束（valid_to）或移交这些岗位：{posts}",
        "First end these posts (valid_to) or their deputising: {posts}",
    )


class RoleNotHeld(FieldProblem):
    """The account of a post, or its deputy, lacks the role that the duty asks for."""

    slug = "role-not-held"
    title = ("账号没有该角色", "The account does not hold the role")
    detail = (
        "账号「{username}」没有角色 {duty}，请先授予该角色或更换账号",
        "The account '{username}' lacks the role {duty}; grant it first or choose another account",
    )


class UnknownPlace(FieldProblem):
    """No current area or cell has this code."""

    slug = "unknown-place"
    title = ("没有这个区域或网格", "There is no such area or cell")
    detail = (
        "请填写现行区域或单元网格的编码（收到「{place}」）；全市请填 null，表格中留空",
        "Give the code of a current area or cell, or null (in a table: nothing) for the whole city,"
        " not '{place}'",
    )


class UnknownMatter(FieldProblem):
    """No active class begins with this code."""

    slug = "unknown-category"
    title = ("没有这个类别", "There is no such class")
    detail = (
        "请填写部件/事件（C 或 E）、大类或小类的编码（收到「{category}」）；全部类别请填 null，"
        "可用代码见 GET /api/v1/categories",
        "Give a kind (C or E), a big class or a class of GET /api/v1/categories, or null for every"
        " class, not '{category}'",
    )


class PeriodReversed(FieldProblem):
    """A period ends after it begins."""

    slug = "period-reversed"
    title = ("结束时间须晚于开始时间", "The end must be later than the beginning")
    detail = ("请填写晚于 {start} 的时间", "Give a time after {start}")


class DeputyIncomplete(FieldProblem):
    """A deputy stands in from one moment to another."""

    slug = "deputy-incomplete"
    title = ("代理信息不完整", "The deputy is not complete")
    detail = (
        "deputy、deputy_from、deputy_to 须同时填写或同时为 null",
        "Give deputy, deputy_from and deputy_to together or leave all three null",
    )


class DeputyIsHolder(FieldProblem):
    """Nobody stands in for themself."""

    slug = "deputy-is-holder"
    title = ("代理人不能是本人", "The deputy is the holder")
    detail = ("请选择另一个账号作为代理人", "Choose another account as the deputy")


class ScopeNotHeld(FieldProblem):
    """A key may do no more than its account."""

    slug = "scope-not-held"
    title = ("超出账号权限", "The account does not hold this permission")
    detail = (
        "账号「{username}」没有权限 {missing}，请减少 scopes 或先调整账号角色",
        "The account '{username}' lacks {missing}; leave them out of scopes or grant a role first",
    )


class KeyExpiryOutOfRange(FieldProblem):
    """A key ends within two years, and not yet."""

    slug = "key-expiry-out-of-range"
    title = ("密钥有效期不符", "The key's end is out of range")
    detail = (
        "expires_at 须晚于现在且不晚于 {latest}",
        "expires_at must lie in the future and not after {latest}",
    )


constraint("uq_account_username", UsernameTaken())
constraint("uq_unit_code", UnitCodeTaken())

"""All pages of the console: as whom to look at each, and what there is to see."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from app.demo.people import PASSWORD
from tests.browser import desk

SLOW_MS = 30_000


def pressed(*keys: str) -> Callable[[Page], None]:
    """Press keys on the page of a case, once it offers its moves and shows its photos."""

    def press(page: Page) -> None:
        expect(desk.moves(page).get_by_role("button").first).to_be_visible()
        expect(page.get_by_role("img", name=".jpg").first).to_be_visible()
        page.keyboard.press(keys[0])
        expect(page.get_by_role("dialog").last).to_be_visible()
        for key in keys[1:]:
            page.keyboard.press(key)

    return press


def half_a_call(page: Page) -> None:
    """A call that is being taken: all is told, nothing is saved yet."""
    desk.tell(page, "小区门口电动车停在盲道上，老人绕行", place="610526001004012", category="E0410")


@dataclass(frozen=True, slots=True)
class Shown:
    """`name` is that of its picture; `path` may hold names of things that are there to show.

    `account` None: nobody has signed in. `does` is done when the page is there.
    """

    name: str
    path: str
    account: str | None
    what: str
    does: Callable[[Page], None] | None = None


PAGES = (
    Shown("login", "/login", None, "登录"),
    Shown("queues", "/queues/handling", "dispatcher1", "案件队列：计数随事件变化"),
    Shown("case", "/cases/{handled}", "acceptor1", "案件：照片、地图、时限、经过、可办的步骤"),
    Shown("compare", "/cases/{handled}", "supervisor1", "处置前后对比", pressed("o", "3")),
    Shown("dispatch", "/cases/{filed}", "dispatcher1", "派遣：建议、时限预览", pressed("d")),
    Shown("call", "/call", "acceptor1", "登记来电：全程键盘，边输边查重", half_a_call),
    Shown("map", "/map", "dispatcher1", "地图：案件、网格、网格员"),
    Shown("screen", "/screen", "leader1", "指挥大屏：每个数字都能点开"),
    Shown("people", "/admin/people", "admin1", "单位与人员"),
    Shown("posts", "/admin/posts?cell=610526001004012", "admin1", "岗位地图：无人值守的标红"),
    Shown("grids", "/admin/grids?import={import}", "admin1", "网格数据：质检报告落在地图上"),
    Shown("catalog", "/admin/catalog?class=E0112", "admin1", "类别目录与立案条件"),
    Shown("calendar", "/admin/calendar", "admin1", "工作日历"),
    Shown("ownership", "/admin/ownership", "admin1", "权责矩阵"),
    Shown("keys", "/admin/keys", "admin1", "接口密钥"),
)


def sign_in(page: Page, username: str) -> None:
    """Through the page of it."""
    page.goto("/login")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("navigation").first).to_be_visible()


def show(page: Page, shown: Shown, things: Mapping[str, str]) -> None:
    """Go there and wait until everything has been read and drawn."""
    page.goto(shown.path.format(**things))
    settled(page)
    if shown.does:
        shown.does(page)
        settled(page)


def settled(page: Page) -> None:
    """Nothing is being loaded, and the pictures and maps that are there have been drawn."""
    expect(page.get_by_role("main").first).to_be_visible()
    page.wait_for_load_state("load")
    page.wait_for_function(
        """() => !document.querySelector('.el-loading-mask, .is-loading, [aria-busy=true]')
          && [...document.images].every((image) => image.complete)""",
        timeout=SLOW_MS,
    )

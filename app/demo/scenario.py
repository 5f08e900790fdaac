"""What is going on in the demonstration: the matters, where the open cases wait: pure data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.incidents.states import Source

SEEN: Mapping[str, tuple[int, Sequence[str]]] = {
    "E0110-1": (9, ("路边散落生活垃圾约两平方米", "垃圾桶外堆放多袋生活垃圾，有异味")),
    "E0405-1": (8, ("店铺把货架摆到门外，占用人行道", "水果店超出门窗摆卖，行人绕行")),
    "E0410-1": (8, ("电动车停在盲道上，妨碍通行", "十余辆自行车乱停在人行道中间")),
    "E0201-1": (7, ("电线杆上新贴多张小广告", "楼道口墙面有喷涂的疏通广告")),
    "E0112-1": (6, ("路面有散落的树叶和纸屑", "雨后路面留有淤泥，未清扫")),
    "E0401-1": (6, ("流动摊贩在路口卖早餐", "三轮车在学校门口卖小吃")),
    "E0136-1": (5, ("装修材料堆在楼前空地", "楼道外堆放旧家具和纸箱")),
    "E0192-1": (4, ("垃圾桶满溢，垃圾落在地上", "果皮箱已满，需清运")),
    "E0107-1": (4, ("行道树之间拉绳晾晒被褥",)),
    "E0113-3": (3, ("路面有坑洼，高差约五厘米",)),
    "C0102-3": (3, ("污水井盖松动，车辆经过作响",)),
    "C0104-1": (3, ("雨水箅子缺失一块，有安全隐患",)),
    "C0137-3": (3, ("连续三盏路灯夜间不亮", "路灯不亮，居民夜间出行不便")),
    "E0304-1": (3, ("工地土方未覆盖，扬尘较大",)),
    "E0302-1": (2, ("施工围挡占用半幅车道，没有公示牌",)),
    "E0117-1": (2, ("绿地内有枯枝和塑料袋",)),
    "C0284-3": (2, ("人行道砖松动，踩上去溅水",)),
    "C0305-1": (2, ("果皮箱倒在路边，箱门未关",)),
    "C0402-1": (2, ("行道树枝条折断，垂在人行道上方",)),
    "E0128-1": (2, ("店铺用扩音喇叭招揽，影响楼上居民",)),
    "E0493-2": (2, ("共享单车未停在规定区域，占用公交站台",)),
    "E0506-1": (2, ("低洼路段积水，深约二十厘米",)),
    "E0496-1": (1, ("私家车堵住消防通道",)),
    "E0508-1": (1, ("通信线缆脱落，垂到人行道",)),
    "C0217-2": (1, ("交通护栏被撞变形，尖角朝外",)),
}
"""By filing condition: how often it is met, and what people say of it."""
ADDRESSES = (
    "小学门口", "菜市场北门", "公交站旁", "小区南门", "超市门前", "路口东侧人行道", "背街小巷内",
    "停车场入口", "公园步道旁", "沿街商铺前", "广场西侧", "卫生院对面",
)  # fmt: skip
SOURCES: Mapping[Source, int] = {
    Source.STEWARD: 55,
    Source.HOTLINE: 22,
    Source.RESIDENT: 10,
    Source.CAMERA: 6,
    Source.LEADER: 3,
    Source.MEDIA: 2,
    Source.PARTNER: 2,
}
PICTURED = {Source.STEWARD, Source.RESIDENT, Source.CAMERA}
"""Where a report comes with a picture."""

ON_THE_SPOT = {"self_handled", "self_handled_badly"}
"""Stories that only a steward can begin."""

Wait = tuple[float, float]
"""How long a case waits where it waits: between so many minutes and so many."""
DESK: Wait = (1, 11)
LONG: Wait = (16, 70)
FIELD: Wait = (4, 24)
CHECK: Wait = (10, 100)
UNIT: Wait = (10, 300)
DAYS: Wait = (600, 1900)


@dataclass(frozen=True, slots=True)
class Waiting:
    """So many of a hundred and some open cases: a story that stands still after one of its moves.

    `after` None: nothing has been done yet.
    """

    share: int
    story: str
    after: str | None
    wait: Wait


WAITING: Sequence[Waiting] = (
    Waiting(12, "plain", None, DESK),
    Waiting(3, "plain", None, LONG),
    Waiting(2, "repeated", None, DESK),
    Waiting(3, "outside", None, DESK),
    Waiting(2, "claimed", "claim", DESK),
    Waiting(6, "verified", "send_to_verify", FIELD),
    Waiting(3, "verified", "verify_exists", DESK),
    Waiting(10, "plain", "accept", DESK),
    Waiting(2, "plain", "accept", LONG),
    Waiting(2, "filing_returned", "return_filing", DESK),
    Waiting(1, "report_returned", "return_report", DESK),
    Waiting(9, "plain", "file", DESK),
    Waiting(2, "plain", "file", LONG),
    Waiting(3, "returned", "return", DESK),
    Waiting(2, "returned_to_another", "return", DESK),
    Waiting(9, "plain", "dispatch", UNIT),
    Waiting(3, "together", "dispatch", UNIT),
    Waiting(3, "handed_on", "assign", UNIT),
    Waiting(14, "plain", "take", UNIT),
    Waiting(8, "plain", "take", DAYS),
    Waiting(3, "extended", "request_extension", UNIT),
    Waiting(1, "extended", "approve", UNIT),
    Waiting(2, "extended", "extend", UNIT),
    Waiting(2, "resumed", "request_suspension", UNIT),
    Waiting(1, "resumed", "approve", UNIT),
    Waiting(3, "resumed", "suspend", UNIT),
    Waiting(2, "voided", "request_void", DESK),
    Waiting(2, "not_voided", "request_void", UNIT),
    Waiting(3, "ordered", "supervise", UNIT),
    Waiting(2, "raised", "supervise", UNIT),
    Waiting(8, "plain", "feed_back", CHECK),
    Waiting(2, "self_handled", "self_handle", CHECK),
    Waiting(6, "plain", "send_to_check", CHECK),
    Waiting(3, "not_fixed", "check_not_fixed", DESK),
    Waiting(2, "not_fixed", "rework", UNIT),
    Waiting(7, "plain", "check_fixed", DESK),
    Waiting(2, "appealed", "appeal", DAYS),
    Waiting(1, "reopened", "reopen", DESK),
)

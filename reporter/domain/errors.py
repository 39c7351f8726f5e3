"""Every way the service says no, as one tree.

Each class has a stable ``code`` (clients and tests rely on it) and a sentence for a person, in
Chinese, which is also the key of the translation catalogue. ``fields`` maps the name of a field of
the request to the sentence about it. Which HTTP status belongs to a branch is in ``api/errors.py``.

    Refusal
    ├── NotSignedIn                       who are you?
    ├── Forbidden                         not with this role
    ├── NotFound                          absent, or hidden from the caller: looks the same
    ├── Conflict                          impossible in the present state, or somebody was faster
    ├── TooFast                           a rate limit
    └── Invalid                           a field is wrong; says which and why
"""

from collections.abc import Mapping
from typing import Any, ClassVar


def sentence(text: str) -> str:
    """Mark a sentence for the translation catalogue; returns it unchanged."""
    return text


class Refusal(Exception):
    """A no with a name. ``params`` fill the braces of ``message``; ``fields`` are name → sentence."""

    code: ClassVar[str] = "refused"
    message: str = sentence("不能这样做")

    def __init__(self, message: str | None = None, *, fields: Mapping[str, str] | None = None, **params: Any):
        self.message = message or type(self).message
        self.fields: dict[str, str] = dict(fields or {})
        self.params = params
        super().__init__(self.code, self.message, params)

    def __str__(self) -> str:
        return self.message.format(**self.params)


class NotSignedIn(Refusal):
    code = "not_signed_in"
    message = sentence("请先登录")


class WrongCredentials(NotSignedIn):
    code = "wrong_credentials"
    message = sentence("用户名或密码不对")


class LoginCodeInvalid(NotSignedIn):
    code = "login_code_invalid"
    message = sentence("微信登录码无效或已过期，请重新进入")


class LoginCodeUsed(NotSignedIn):
    code = "login_code_used"
    message = sentence("微信登录码已经用过，请重新进入")


class Forbidden(Refusal):
    code = "forbidden"
    message = sentence("您的身份不能做这件事")


class OwnWork(Forbidden):
    code = "own_work"
    message = sentence("自己办的事不能自己核实")


class LoginRefused(Forbidden):
    code = "login_refused"
    message = sentence("微信暂时不允许这个账号登录")


class NotFound(Refusal):
    code = "not_found"
    message = sentence("没有找到")


class SeatVacant(NotFound):
    code = "seat_vacant"
    message = sentence("这个岗位现在空缺")


class Conflict(Refusal):
    """``present`` is what the caller should look at now, e.g. ``{"status": …, "version": …}``."""

    code = "conflict"
    message = sentence("现在不能这样做")

    def __init__(self, message: str | None = None, *, present: Mapping[str, Any] | None = None, **params: Any):
        super().__init__(message, **params)
        self.present = dict(present or {})


class StepNotPossible(Conflict):
    code = "step_not_possible"
    message = sentence("工单现在是“{status_name}”，不能“{action_name}”")


class StaleVersion(Conflict):
    code = "stale_version"
    message = sentence("别人刚刚处理过这个工单，请看最新状态")


class NoLevelAbove(Conflict):
    code = "no_level_above"
    message = sentence("上面没有可以接手的岗位了")


class TicketEnded(Conflict):
    code = "ticket_ended"
    message = sentence("这个工单已经结束")


class AlreadyConfirmed(Conflict):
    code = "already_confirmed"
    message = sentence("您已经确认过了")


class TooLate(Conflict):
    code = "too_late"
    message = sentence("已经过了期限")


class AssignedFinally(Conflict):
    code = "assigned_finally"
    message = sentence("上级已裁定由您办理，结案前不能再退回")


class PartsOpen(Conflict):
    code = "parts_open"
    message = sentence("还有子工单没有结束：{numbers}")


class TooFast(Refusal):
    """``retry_after_s``: seconds until the next try may succeed."""

    code = "too_fast"
    message = sentence("操作太快，请稍后再试")

    def __init__(self, retry_after_s: int, message: str | None = None):
        super().__init__(message)
        self.retry_after_s = retry_after_s


class AccountLocked(TooFast):
    code = "account_locked"
    message = sentence("密码错误次数太多，账号暂时锁定")


class Unavailable(Refusal):
    code = "unavailable"
    message = sentence("外部服务暂时不可用，请稍后再试")


class Invalid(Refusal):
    """A field of the request is wrong: ``Invalid(fields={"location.lng": sentence("…")})``."""

    code = "invalid"
    message = sentence("填写的内容有误")


class ActionNotOffered(Invalid):
    code = "action_not_offered"
    message = sentence("还没有这个步骤")


class MissingInput(Invalid):
    code = "missing_input"
    message = sentence("这一步还缺少内容")


class BadLocation(Invalid):
    code = "bad_location"
    message = sentence("这个位置不能用")


class LocationSwapped(BadLocation):
    code = "location_swapped"
    message = sentence("经度和纬度好像写反了")


class LocationTooCoarse(BadLocation):
    code = "location_too_coarse"
    message = sentence("位置不够精确，请移动图钉再试")


class LocationOutOfArea(BadLocation):
    code = "location_out_of_area"
    message = sentence("这个位置不在服务范围内")


class UnknownCategory(Invalid):
    code = "unknown_category"
    message = sentence("没有这个类别")


class UnknownCondition(Invalid):
    code = "unknown_condition"
    message = sentence("这个类别没有这种情形")


class UnknownReceiver(Invalid):
    code = "unknown_receiver"
    message = sentence("不能派给这个岗位或部门")


class ReturnedUnchanged(UnknownReceiver):
    code = "returned_unchanged"
    message = sentence("刚被退回的工单不能原样再派")


class PhotoRefused(Invalid):
    code = "photo_refused"
    message = sentence("这张照片不能用")


class PhotoTooLarge(Refusal):
    code = "photo_too_large"
    message = sentence("照片太大")


class PhotoWrongType(Refusal):
    code = "photo_wrong_type"
    message = sentence("只收 JPEG、PNG、WebP 照片")

"""Who sends: people who log in through the stand-in WeChat, or where there is none the accounts of the demo."""

from reporter.replay.line import Answer, Line

SUBMITTERS = ("rider", "resident")  # roles of the demo's accounts that may play


class NobodyMayEnter(RuntimeError):
    """Neither WeChat nor the demo lets anybody in."""


def by_wechat(line: Line, phone: Line, user: str) -> Answer:
    """The session of the WeChat user of this name; or the answer of whoever did not play, ``phone`` is the stand-in."""
    code = phone.ask("POST", "/standin/codes", json={"user": user})
    return line.ask("POST", "/api/v1/sessions/wechat", json={"code": code.body["code"]}) if code.taken else code


def of_demo(line: Line) -> list[str]:
    """Tokens of the demo's submitters. Raises NobodyMayEnter."""
    accounts = line.ask("GET", "/api/v1/sessions/demo")
    names = [row["username"] for row in accounts.body if row["role"] in SUBMITTERS] if accounts.taken else []
    logins = [line.ask("POST", "/api/v1/sessions/demo", json={"username": name}) for name in names]
    tokens = [str(login.body["token"]) for login in logins if login.taken]
    if not tokens:
        raise NobodyMayEnter(
            "Nobody can log in: start `reporter standin-wechat` (--standin says where it is) or a service with the demo"
        )
    return tokens

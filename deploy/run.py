"""`make run`: the whole service on this machine, from nothing, until Ctrl-C.

Prepares (prepare.py), migrates, loads the demo, then keeps three children: gunicorn, the worker, and the stand-in
WeChat. They stop together: on Ctrl-C, on SIGTERM, when one of them ends by itself, and when this program is killed.

Read from the environment, each with its default: HOST 127.0.0.1, PORT 8000, WECHAT_PORT 8001, DATABASE_URL
sqlite:///var/reporter.db, REPORTER_DEMO 1, SECRET_KEY from var/secret_key; WECHAT_API_BASE set: no stand-in.
"""

import errno
import os
import re
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass

from children import Children
from prepare import VENV, prepare
from steps import ROOT, VAR, Missing, progress, run, said_plainly, writable_folder

REPORTER = str(VENV / "bin" / "reporter")
READY_WITHIN_S = 60


@dataclass(frozen=True)
class Settings:
    host: str
    port: int
    wechat_port: int | None  # None: WeChat is somebody else's
    environment: dict[str, str]

    @property
    def with_demo(self) -> bool:
        return self.environment["REPORTER_DEMO"] == "1"

    @property
    def address(self) -> str:
        """Where a browser on this machine finds the pages."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - compared, not bound
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


def settings_from(given: dict[str, str]) -> Settings:
    """Settings and the children's environment. Raises Missing for a port that is none."""
    port = _port(given, "PORT", 8000)
    stands_in = not given.get("WECHAT_API_BASE")
    wechat_port = _port(given, "WECHAT_PORT", 8001) if stands_in else None
    environment = given | {
        "HOST": given.get("HOST") or "127.0.0.1",
        "PORT": str(port),
        "DATABASE_URL": given.get("DATABASE_URL") or "sqlite:///var/reporter.db",
        "REPORTER_DEMO": given.get("REPORTER_DEMO") or "1",
        "SECRET_KEY": given.get("SECRET_KEY") or _secret_key(),
        "PYTHONUNBUFFERED": "1",
    }
    if stands_in:
        environment |= {
            "WECHAT_API_BASE": f"http://127.0.0.1:{wechat_port}",
            "WECHAT_PORT": str(wechat_port),
            "WECHAT_APPID": "wx-demo-reporter",
            "WECHAT_SECRET": "demo-secret-of-the-stand-in",
        }
    return Settings(environment["HOST"], port, wechat_port, environment)


def _port(given: dict[str, str], name: str, default: int) -> int:
    text = given.get(name) or str(default)
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise Missing(f"{name} is “{text}”, which is no port: set it to a number from 1 to 65535, as in `{name}=8080`.")
    return int(text)


def _secret_key() -> str:
    """The key that sessions are signed with, made at the first start; only its owner may read it."""
    path = VAR / "secret_key"
    with suppress(FileExistsError), open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text()


def free_port(host: str, port: int, name: str) -> None:
    """Raises Missing when nobody can listen there; gunicorn would share the port instead of complaining."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise Missing(f"HOST is “{host}”, which is no address of this machine: use 127.0.0.1 or 0.0.0.0.") from error
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen(1)
        except OSError as error:
            raise Missing(_port_refused(error, host, port, name)) from error


def _port_refused(error: OSError, host: str, port: int, name: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is taken, perhaps by another `make run`: stop that one, "
            f"or take another port with `{name}={port + 10} make run`."
        )
    if error.errno == errno.EACCES:
        return f"Port {port} is for root only: take one above 1023, as in `{name}=8080 make run`."
    return f"Nobody can listen at {host}:{port} ({error.strerror}): set HOST to an address of this machine."


def commands(settings: Settings) -> dict[str, list[str]]:
    """What runs, by the name of its log."""
    programs = {
        "web": [str(VENV / "bin" / "gunicorn"), "-c", "deploy/gunicorn.conf.py", "wsgi:app"],
        "worker": [REPORTER, "worker"],
    }
    return programs if settings.wechat_port is None else programs | {"wechat": [REPORTER, "standin-wechat"]}


def wait_until_ready(children: Children, settings: Settings) -> None:
    """Return when the service says so, or when asked to stop. Raises Missing when a child ends or time is up."""
    deadline = time.monotonic() + READY_WITHIN_S
    with progress("Starting") as tick:
        while not children.stop_asked:
            children.check()
            ready, answer = _asked(f"{settings.address}/readyz")
            if ready and _listens(settings.wechat_port):
                return
            if time.monotonic() > deadline:
                raise Missing(
                    f"The service does not say that it is ready ({answer}): mend what var/log/web.log says, and run "
                    f"the same again. It ends in\n{children.last_words('web')}"
                )
            time.sleep(0.1)
            tick()


def _listens(port: int | None) -> bool:
    if port is None:
        return True
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _asked(url: str) -> tuple[bool, str]:
    """Whether ``url`` answers 200, and what it said otherwise."""
    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, timeout=5) as answer:
            return answer.status == 200, str(answer.status)
    except urllib.error.HTTPError as error:
        return False, f"{error.code} {error.read(300).decode(errors='replace')}"
    except OSError as error:
        return False, str(error)


def main() -> int:
    writable_folder()
    settings = settings_from(dict(os.environ))
    free_port(settings.host, settings.port, "PORT")
    if settings.wechat_port is not None:
        free_port("127.0.0.1", settings.wechat_port, "WECHAT_PORT")
    prepare()
    database = re.sub(r"//([^:/@]*):[^@]*@", r"//\1:…@", settings.environment["DATABASE_URL"])
    remedy = f"check that DATABASE_URL ({database}) names a database that is up and may be written."
    run("Preparing the database", [REPORTER, "migrate"], remedy, env=settings.environment)
    if settings.with_demo:
        remedy = "mend what it names, and run the same again."
        run("Loading the demo", [REPORTER, "demo", "load"], remedy, env=settings.environment)
    children = Children()
    try:
        children.start(commands(settings), settings.environment)
        wait_until_ready(children, settings)
        if not children.stop_asked:
            introduce(settings)
        children.wait()
    finally:
        children.stop()
    print("Stopped. Your data stays in var/; `make run` goes on from there.")
    return 0


def introduce(settings: Settings) -> None:
    """Print what to open and whom to be."""
    address = settings.address
    print(f"\nThe service is running.\n\n  report     {address}/\n  desk       {address}/desk")
    print(f"  dashboard  {address}/dashboard\n  API        {address}/api/docs")
    if settings.wechat_port is not None:
        print(f"  stand-in WeChat  {settings.environment['WECHAT_API_BASE']}")
    if settings.with_demo:
        accounts = [REPORTER, "demo", "accounts"]
        print(flush=True)
        subprocess.run(accounts, cwd=ROOT, env=settings.environment, stdin=subprocess.DEVNULL, check=False)
    print("\n  logs: var/log/    stop: Ctrl-C", flush=True)


if __name__ == "__main__":
    sys.exit(said_plainly(main))

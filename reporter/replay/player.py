"""Plays requests as people make them: find the place, ask for a category, submit, perhaps again, perhaps join."""

import hashlib
import random
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

from reporter.replay import places
from reporter.replay.ledger import Fate, Ledger, Outcome
from reporter.replay.line import Answer, Line
from reporter.replay.people import by_wechat, of_demo
from reporter.replay.places import Box, Spot
from reporter.replay.words import Message

AGAIN = 0.01  # a request sent twice: a tap too many, an answer that never arrived
JOINS = 0.10  # who is shown a similar ticket and says “that is mine too”
NONE_SURE = "(none sure enough)"


@dataclass(frozen=True, slots=True)
class Request:
    """``due_s`` after the start. ``spot`` None: draw one; ``dirty``: it comes from a file, wrong on purpose."""

    due_s: float
    message: Message
    spot: Spot | None = None
    dirty: bool = False


def plan(
    messages: Sequence[Message],
    due_s: Sequence[float],
    known: Sequence[Spot],
    dirty: Sequence[Spot],
    every: int,
    rng: random.Random,
) -> list[Request]:
    """One request for each moment, in an order drawn from ``rng``; every so-manyth has a dirty point (0: none).

    The points of ``known`` are used once each, by the first that have no dirty one.
    """
    drawn = rng.sample(messages, len(due_s))
    good = iter(known)
    requests = []
    for position, (message, at_s) in enumerate(zip(drawn, due_s, strict=True), start=1):
        wrong = bool(every and dirty) and position % every == 0
        spot = rng.choice(dirty) if wrong else next(good, None)
        requests.append(Request(at_s, message, spot, wrong))
    return requests


class Player:
    """Some threads with a line each. ``tell`` is called about once a second with a line about how far it is."""

    def __init__(self, base: str, senders: int, seed: int, sure: float, tell: Callable[[str], None]):
        self.ledger = Ledger()
        self._base = base
        self._seed = seed
        self._sure = sure
        self._tell = tell
        self._pool = ThreadPoolExecutor(senders, thread_name_prefix="sender")
        self._own = threading.local()
        self._lines: list[Line] = []
        self._tokens: Sequence[str] = ()
        self._cells: Sequence[Box] = ()

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)
        for line in self._lines:
            line.close()

    def log_in(self, standin: str, people: int) -> str:
        """Log everybody in; returns how. Raises NobodyMayEnter."""
        if not self._log_in_one(standin, 0).taken:
            self._tokens = of_demo(self._line())
            return f"{len(self._tokens)} accounts of the demo"
        logins = self._pool.map(lambda one: self._noted("log in", self._log_in_one(standin, one)), range(people))
        self._tokens = [str(login.body["token"]) for login in logins if login.taken]
        return f"{len(self._tokens)} people by WeChat"

    def find_places(self, box: Box, per_side: int = places.LATTICE) -> int:
        """Find out where reports are taken; returns how many cells of the lattice. Raises NothingServed."""
        self._cells = places.discover(box, self.serves, self._pool.map, per_side)
        return len(self._cells)

    def served_of(self, spots: Sequence[Spot]) -> list[Spot]:
        answers = self._pool.map(self.serves, spots)
        return [spot for spot, hit in zip(spots, answers, strict=True) if hit]

    def serves(self, spot: Spot) -> bool:
        if spot.lng is None or spot.lat is None:
            return False
        where = {"lng": spot.lng, "lat": spot.lat, "coord_type": spot.datum}
        return self._noted("locate", self._line().ask("GET", "/api/v1/areas/locate", params=where)).taken

    def play(self, requests: Sequence[Request]) -> None:
        """Send everything at its time; returns when all is answered. Ctrl-C stops sending, not the account of it."""
        began = time.monotonic()
        running: list[Future[None]] = []
        try:
            for request in requests:
                while (early_s := began + request.due_s - time.monotonic()) > 0:
                    self._progress(len(requests), began)
                    time.sleep(min(1.0, early_s))
                running.append(self._pool.submit(self._live, request, began))
            self._finish(running, lambda: self._progress(len(requests), began))
        except KeyboardInterrupt:
            self._tell("stopped; looking for what was answered")
            for future in running:
                future.cancel()
            wait(running)
        self.ledger.took_s = time.monotonic() - began

    def read_back(self) -> None:
        """Look for every number that was given out, as the person who got it."""
        numbers = self.ledger.numbers
        running = [self._pool.submit(self._look_for, number, person) for number, person in numbers.items()]
        self._finish(running, lambda: self._tell(f"read back {self.ledger.found.total()} of {len(numbers)}"))

    def _finish(self, running: Iterable[Future[None]], report: Callable[[], None]) -> None:
        left = set(running)
        while left:
            done, left = wait(left, timeout=1.0, return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()  # an error of ours must not pass for a quiet end
            report()

    def _line(self, base: str = "") -> Line:
        """The thread's own line to an address, by default to the service."""
        lines: dict[str, Line] = self._own.__dict__.setdefault("lines", {})
        if base not in lines:
            lines[base] = Line(base or self._base)
            with self.ledger.lock:
                self._lines.append(lines[base])
        return lines[base]

    def _log_in_one(self, standin: str, number: int) -> Answer:
        return by_wechat(self._line(), self._line(standin), f"replay-{self._seed}-{number}")

    def _live(self, request: Request, began: float) -> None:
        """One person, one matter."""
        late_s = time.monotonic() - began - request.due_s
        message = request.message
        # by what was written, not by turn: who writes the same again writes about the same place
        rng = random.Random(f"{self._seed}:{message.author}:{message.text}")  # noqa: S311 — a play, no secret
        person = int(hashlib.sha256(message.author.encode()).hexdigest(), 16) % len(self._tokens)
        spot = request.spot or places.draw(self._cells, self.serves, rng)
        again, joins = rng.random() < AGAIN, rng.random() < JOINS

        body = {"client_request_id": str(uuid.uuid4()), "location": spot.as_location(), "text": message.text}
        category = self._suggested(person, message.text, spot)
        if category is not None:
            body["category"] = category
        receipt = self._submit(person, body, dirty=request.dirty)
        if again and receipt.taken:
            self._submit(person, body, should_be=receipt.body["number"])
        similar = receipt.body.get("similar") if receipt.taken else None
        if joins and similar:
            other = {**body, "client_request_id": str(uuid.uuid4()), "join": similar[0]["number"]}
            self._submit(person, other)
        with self.ledger.lock:
            self.ledger.most_late_s = max(self.ledger.most_late_s, late_s if request.due_s else 0.0)

    def _suggested(self, person: int, text: str, spot: Spot) -> str | None:
        """The first candidate when it is sure enough; else the person leaves the category to triage."""
        asked: dict[str, Any] = {"text": text}
        if spot.lng is not None and spot.lat is not None:
            asked["location"] = spot.as_location()
        path, token = "/api/v1/categories/suggest", self._tokens[person]
        answer = self._noted("suggest", self._line().ask("POST", path, token, json=asked))
        if not answer.taken:
            return None
        best = answer.body["candidates"][0]
        sure = best["score"] >= self._sure
        with self.ledger.lock:
            self.ledger.suggest_ms.append(answer.ms)
            self.ledger.suggested[f"{best['code']} {best['name']}" if sure else NONE_SURE] += 1
        return str(best["code"]) if sure else None

    def _submit(self, person: int, body: dict[str, Any], *, dirty: bool = False, should_be: str = "") -> Answer:
        answer = self._line().ask("POST", "/api/v1/reports", self._tokens[person], json=body)
        outcome = _outcome(answer, person, triage="category" not in body, dirty=dirty, should_be=should_be)
        with self.ledger.lock:
            self.ledger.outcomes.append(outcome)
            self._add_waits(answer)
        return answer

    def _look_for(self, number: str, person: int) -> None:
        path = f"/api/v1/tickets/{number}"
        answer = self._noted("read back", self._line().ask("GET", path, self._tokens[person]))
        with self.ledger.lock:
            if not answer.failed:
                self.ledger.read_ms.append(answer.ms)
                self.ledger.found[answer.taken and answer.body["number"] == number] += 1

    def _noted(self, what: str, answer: Answer) -> Answer:
        with self.ledger.lock:
            self._add_waits(answer)
            if answer.failed:
                self.ledger.errors_elsewhere[f"{what}: {_kind_of_error(answer)}"] += 1
        return answer

    def _add_waits(self, answer: Answer) -> None:
        self.ledger.dropped += answer.dropped
        self.ledger.braked += answer.braked_s > 0
        self.ledger.braked_s += answer.braked_s

    def _progress(self, planned: int, began: float) -> None:
        ledger = self.ledger
        with ledger.lock:
            sent, accepted = len(ledger.outcomes), ledger.count(Fate.ACCEPTED)
            refused, errors = ledger.count(Fate.REFUSED), ledger.count(Fate.ERROR)
        self._tell(
            f"{time.monotonic() - began:5.0f} s  sent {sent} of about {planned}"
            f"  accepted {accepted}  refused {refused}  errors {errors}"
        )


def _outcome(answer: Answer, person: int, *, triage: bool, dirty: bool, should_be: str) -> Outcome:
    if answer.failed:
        return Outcome(Fate.ERROR, person, answer.ms, why=_kind_of_error(answer), dirty=dirty)
    if not answer.taken:
        fields = ", ".join(sorted(answer.error.get("fields") or ()))
        code = answer.error.get("code") or f"status {answer.status}"
        why = f"{code} ({fields})" if fields else str(code)
        return Outcome(Fate.REFUSED, person, answer.ms, why=why, dirty=dirty)
    fate = Fate.SAME if answer.status == 200 else Fate.JOINED if answer.body["joined"] else Fate.ACCEPTED
    return Outcome(
        fate,
        person,
        answer.ms,
        number=str(answer.body["number"]),
        level=(answer.body["holder"] or {}).get("level") or "",
        # also when the answer of a first try was lost on the way and the second says “same again”
        opened=not answer.body["joined"] and not should_be,
        triage=triage,
        dirty=dirty,
        should_be=should_be,
    )


def _kind_of_error(answer: Answer) -> str:
    return f"status {answer.status}" if answer.status else "no connection"

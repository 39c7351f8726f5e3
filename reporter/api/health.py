"""For those who run it: is it alive, is it ready, how long are the queues."""

from datetime import timedelta

from flask import Response, jsonify
from flask_smorest import Blueprint
from sqlalchemy import func, select

from reporter.api.edge import house, transaction
from reporter.models.clocks import Clock
from reporter.models.leases import Leased
from reporter.models.messages import Message
from reporter.models.photos import Photo
from reporter.models.waiting import Hold
from reporter.models.whistles import WhistleCall
from reporter.queries import routing
from reporter.services.unit_of_work import UnitOfWork

blueprint = Blueprint("health", __name__, description="For operators")

QUEUES: dict[str, type[Leased]] = {
    "messages": Message,
    "photos": Photo,
    "clocks": Clock,
    "holds": Hold,
    "attendance": WhistleCall,
}
STUCK_AFTER = timedelta(minutes=5)  # due for longer than this: nobody is working


@blueprint.get("/healthz")
@blueprint.alt_response(200, description="Alive")
def alive() -> Response:
    """The process answers"""
    return jsonify({"status": "alive"})


@blueprint.get("/readyz")
@transaction(signed_in=False)
@blueprint.alt_response(200, description="Ready")
@blueprint.alt_response(503, description="The catalogue is not loaded")
def ready(uow: UnitOfWork) -> tuple[Response, int]:
    """The database answers, the catalogue is loaded; with the depth of each queue"""
    depth = queue_depth(uow)
    fit = len(uow.book.categories) > 0
    return jsonify({"status": "ready" if fit else "empty", "queues": depth}), 200 if fit else 503


@blueprint.get("/metrics")
@transaction(signed_in=False)
@blueprint.alt_response(200, description="Prometheus text", content_type="text/plain")
def metrics(uow: UnitOfWork) -> Response:
    """Prometheus text"""
    lines = [
        "# HELP reporter_queue_due Jobs whose time has come.",
        "# TYPE reporter_queue_due gauge",
    ]
    depth = queue_depth(uow)
    lines += [f'reporter_queue_due{{queue="{name}"}} {row["due"]}' for name, row in depth.items()]
    lines += ["# HELP reporter_queue_stuck Jobs due for too long.", "# TYPE reporter_queue_stuck gauge"]
    lines += [f'reporter_queue_stuck{{queue="{name}"}} {row["stuck"]}' for name, row in depth.items()]
    lines += [
        "# HELP reporter_messages_dead Messages given up after every attempt; an operator must look.",
        "# TYPE reporter_messages_dead gauge",
        f"reporter_messages_dead {depth['messages']['dead']}",
        "# HELP reporter_demo Whether demo logins are open.",
        "# TYPE reporter_demo gauge",
        f"reporter_demo {int(house().settings.demo)}",
        "# HELP reporter_routing_rule_failures_total Reports that a rule fitted and could not be applied to.",
        "# TYPE reporter_routing_rule_failures_total counter",
    ]
    for code, count in routing.failures(uow.session):
        escaped = code.replace("\\", r"\\").replace('"', r"\"")
        lines.append(f'reporter_routing_rule_failures_total{{rule="{escaped}"}} {count}')
    return Response("\n".join(lines) + "\n", mimetype="text/plain; version=0.0.4")


def queue_depth(uow: UnitOfWork) -> dict[str, dict[str, int]]:
    """For each queue what is due, and what has been due for too long."""
    found = {}
    for name, table in QUEUES.items():
        due = uow.session.scalar(select(func.count()).select_from(table).where(table.run_at <= uow.now))
        stuck = uow.session.scalar(select(func.count()).select_from(table).where(table.run_at <= uow.now - STUCK_AFTER))
        found[name] = {"due": due or 0, "stuck": stuck or 0}
    dead = select(func.count()).select_from(Message).where(Message.state == "dead")
    found["messages"]["dead"] = uow.session.scalar(dead) or 0
    return found

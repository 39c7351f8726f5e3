"""How gunicorn serves the service: settings for one machine, chosen by DATABASE_URL.

Read from the environment: HOST, PORT, WEB_WORKERS, WEB_THREADS, DATABASE_URL, ACCESS_LOG.
"""

import contextlib
import ctypes
import gc
import os

_on_sqlite = os.environ.get("DATABASE_URL", "sqlite:").startswith("sqlite")
_host = os.environ.get("HOST", "127.0.0.1")
_port = os.environ.get("PORT", "8000")

bind = f"[{_host}]:{_port}" if ":" in _host else f"{_host}:{_port}"
proc_name = "reporter-web"

# SQLite has one writer at a time: with several processes the others sleep in its busy handler, which is seen as
# a p99 of a second; threads of one process wait in line for milliseconds. PostgreSQL gets a process for each core.
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "1" if _on_sqlite else "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# without it all connections of a keep-alive proxy often end up at one worker
reuse_port = True

timeout = 60
graceful_timeout = 20  # a photo of 10 MB over a bad line may still arrive
keepalive = 5
max_requests = 0  # nothing leaks that would need a restart, and a restart costs requests
backlog = 512
# the heartbeat of the workers; on a slow disk it would stall them
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None

# Bodies are limited by the application, which can say so politely; these are for what it never sees.
limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190

# X-Forwarded-* counts only from a proxy on this machine.
forwarded_allow_ips = "127.0.0.1,::1"

# Requests are logged by the application, with the ticket and the caller; a second log is for hunting faults.
accesslog = "-" if os.environ.get("ACCESS_LOG") else None
errorlog = "-"
control_socket_disable = True


M_ARENA_MAX = -8  # of glibc's malloc.h


def post_worker_init(_worker: object) -> None:
    """One heap for all threads, and what is loaded now stays.

    glibc would give each thread a heap of its own, which keeps what an hour of peaks once needed (19 MB after 100,000
    requests); our threads wait for the interpreter's lock anyway. The collector need not look through what was loaded
    again with every thousand requests.
    """
    with contextlib.suppress(AttributeError):  # another C library
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)

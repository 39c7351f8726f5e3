"""What gunicorn serves: ``gunicorn -c deploy/gunicorn.conf.py wsgi:app``."""

from reporter.app import create_app
from reporter.config import from_environment
from reporter.logs import configure

configure()
app = create_app(from_environment())

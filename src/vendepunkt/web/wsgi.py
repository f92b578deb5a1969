"""What a WSGI server calls."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vendepunkt.web.settings")

application = get_wsgi_application()

# Every address is known before the first phone asks, not while it waits.
_ = get_resolver().url_patterns

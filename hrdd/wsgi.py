"""Server entry: every view is loaded before the first request, and once for all workers where they are forked."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import reverse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hrdd.settings")
application = get_wsgi_application()
reverse("home")

"""How the web processes of a surface run. HRDD_BIND, WEB_CONCURRENCY and HRDD_WEB_THREADS are read here."""

import os

bind = os.environ.get("HRDD_BIND", "0.0.0.0:8000")  # a container's own network; never a host's
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = int(os.environ.get("HRDD_WEB_THREADS", "4"))
timeout = 60
graceful_timeout = 30  # requests that are under way are finished
keepalive = 65  # longer than the proxy keeps a connection
worker_tmp_dir = "/dev/shm"  # noqa: S108  # heartbeats, in memory: the disk is read-only
control_socket_disable = True
accesslog = None  # who asks for what is written nowhere (reliability.md 2.4)
server_software = ""

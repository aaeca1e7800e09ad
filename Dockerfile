# One image for every process of the house; docker-compose.yml says which of them a container is.
# The tests run on this Debian and this Python. Pin the digest with --build-arg PYTHON=python:3.11-slim-bookworm@sha256:…
ARG PYTHON=python:3.11-slim-bookworm

FROM ${PYTHON} AS packages
WORKDIR /build
COPY requirements.production.lock ./
RUN python -m venv /opt/hrdd \
    && /opt/hrdd/bin/pip install --no-cache-dir --no-compile --require-hashes --only-binary :all: \
        -r requirements.production.lock \
    && /opt/hrdd/bin/pip uninstall --yes pip setuptools

FROM ${PYTHON}
# WeasyPrint's native libraries and fonts, as script/bootstrap installs them; git brings checkpoints to anchors; pg_dump,
# no older than the server, from PostgreSQL's own packages.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        fontconfig fonts-noto-core git libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
        postgresql-common \
    && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y \
    && apt-get install --yes --no-install-recommends postgresql-client-18 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 hrdd \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin hrdd \
    && install --directory --owner hrdd --group hrdd --mode 0700 \
        /var/lib/hrdd /var/lib/hrdd/key /var/lib/hrdd/anchors /var/lib/hrdd/backups
COPY --from=packages /opt/hrdd /opt/hrdd
WORKDIR /srv/hrdd
COPY LICENSE NOTICE manage.py pyproject.toml ./
COPY deploy/gunicorn.py deploy/health.py deploy/
COPY hrdd hrdd
COPY locale locale
COPY remedies remedies
COPY risks risks
COPY static static
COPY templates templates
COPY transparency transparency
ENV PATH=/opt/hrdd/bin:$PATH \
    DJANGO_SETTINGS_MODULE=hrdd.settings \
    HOME=/tmp \
    HRDD_STATIC_ROOT=/srv/hrdd/collected \
    PYTHONUNBUFFERED=1
# Root owns the program, so that a process that was taken over cannot change it.
RUN python manage.py collectstatic --noinput --verbosity 0 \
    && python -m compileall -q /opt/hrdd hrdd remedies risks transparency \
    && rm -rf .data
ENV PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
EXPOSE 8000
CMD ["gunicorn", "--config", "deploy/gunicorn.py", "hrdd.wsgi"]

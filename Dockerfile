# syntax=docker/dockerfile:1
# One image for web, workers, beat and the one-shot migration; docker-compose.yml says which is which.
# The RUN lines are proved in a bare Debian root by scripts/dockerfile_in_root.py.

FROM debian:bookworm-slim AS packages
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*
COPY requirements/prod.txt /tmp/prod.txt
RUN python3 -m venv /opt/smart360 \
    && /opt/smart360/bin/pip install --no-cache-dir --no-deps --require-hashes -r /tmp/prod.txt

FROM debian:bookworm-slim
# Python, and what WeasyPrint opens at run time.
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 tini \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10360 --home-dir /var/lib/smart360 --create-home --shell /usr/sbin/nologin smart360 \
    && install -d -o smart360 -g smart360 /var/lib/smart360/media
COPY --from=packages /opt/smart360 /opt/smart360
WORKDIR /srv/smart360
COPY . .
ENV PATH=/opt/smart360/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=smart360.settings.base \
    STATE_DIR=/var/lib/smart360 \
    STATIC_ROOT=/srv/smart360/staticfiles \
    XDG_CACHE_HOME=/tmp
# Gathering static files reads the settings and connects to nothing: these are no secrets and stay in this line.
RUN SECRET_KEY=none PUBLIC_URL=https://localhost DATABASE_URL=postgresql://localhost/none REDIS_URL=redis://localhost/0 \
        python manage.py collectstatic --noinput -v 0 \
    && python -m compileall -q smart360 consumers billing disconnections
USER smart360
EXPOSE 8000
ENTRYPOINT ["tini", "--"]
CMD ["gunicorn", "smart360.wsgi", "-b", "0.0.0.0:8000", "-w", "2", "-k", "smart360.web.server.TimedWorker", "--threads", "4", "--no-control-socket", "--worker-tmp-dir", "/tmp", "--max-requests", "5000", "--max-requests-jitter", "500", "--access-logfile", "-"]

# Two stages: the first builds a virtual environment, the second holds only what runs.
FROM docker.io/library/python:3.11-slim-bookworm AS build
WORKDIR /src
RUN python -m venv /opt/sahel-alerts
COPY requirements.lock .
RUN /opt/sahel-alerts/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY bot bot
COPY storage storage
RUN /opt/sahel-alerts/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps .

FROM docker.io/library/python:3.11-slim-bookworm
# Compiled files are made in the build stage; the service writes nowhere but /data.
ENV PATH=/opt/sahel-alerts/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PTB_TIMEDELTA=1 \
    DATABASE_URL=sqlite:////data/sahel-alerts.db \
    FEEDS_FILE=/etc/sahel-alerts/feeds.yaml \
    LOG_FORMAT=json
RUN mkdir /data && chown 10001:10001 /data
COPY --from=build /opt/sahel-alerts /opt/sahel-alerts
COPY feeds.yaml /etc/sahel-alerts/feeds.yaml
USER 10001:10001
VOLUME /data
WORKDIR /data
HEALTHCHECK --interval=60s --timeout=10s --start-period=90s --retries=3 CMD ["sahel-alerts", "health"]
# `docker stop` waits 10 s before it kills; the service needs fewer.
STOPSIGNAL SIGTERM
ENTRYPOINT ["sahel-alerts"]
CMD ["run"]

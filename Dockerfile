# The service as an image: `docker build -t asof .`, then docker-compose.yml or
# `docker run --rm --network host --read-only --tmpfs /tmp -e ASOF_STORE=postgresql://… asof serve`.

FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_INPUT=1
WORKDIR /build
# What changes seldom first: the dependencies, by their hashes.
COPY requirements/run.txt requirements/run.txt
RUN python -m venv /opt/asof && /opt/asof/bin/pip install --quiet --require-hashes --requirement requirements/run.txt
COPY pyproject.toml README.md LICENSE ./
COPY domain domain
COPY adapters adapters
COPY service service
RUN /opt/asof/bin/pip install --quiet --no-deps --no-build-isolation . \
    && /opt/asof/bin/pip uninstall --quiet --yes pip \
    && /opt/asof/bin/python -m compileall -q /opt/asof/lib

FROM python:3.13-slim
COPY --from=build /opt/asof /opt/asof
ENV PATH=/opt/asof/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# A directory to keep an embedded store in: mount a volume there.
RUN install --directory --owner=10001 --group=10001 /data
WORKDIR /data
USER 10001:10001
ENTRYPOINT ["asof"]
CMD ["serve"]
# Asks the service what a reader asks; where the log cannot be read it is not well.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["asof", "log", "--server", "http://127.0.0.1:8000"]

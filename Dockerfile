# The daemon as a container: read-only, without root, one volume for its state.
#
#   docker run --read-only --cap-drop ALL -v ./config:/config:ro -v leadbridge:/state \
#     --env-file .env -p 127.0.0.1:8080:8080 leadbridge
#
# The base is named by tag here; a release pins it by digest:
#   docker build --build-arg PYTHON_IMAGE=python:3.13-slim-bookworm@sha256:… .
ARG PYTHON_IMAGE=python:3.13-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_INPUT=1
WORKDIR /build
COPY requirements.lock requirements-build.lock ./
RUN python -m venv /opt/leadbridge \
 && /opt/leadbridge/bin/pip install --require-hashes -r requirements.lock \
 && python -m venv /opt/build \
 && /opt/build/bin/pip install --require-hashes -r requirements-build.lock
COPY . .
RUN /opt/build/bin/python -m hatchling build -t wheel -d /build/wheel \
 && /opt/leadbridge/bin/pip install --no-deps --no-index /build/wheel/*.whl \
 && /opt/leadbridge/bin/pip uninstall --yes pip

FROM ${PYTHON_IMAGE}
ENV PATH=/opt/leadbridge/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SQLITE_TMPDIR=/state \
    LEADBRIDGE_CONFIG=/config \
    LEADBRIDGE_STATE=/state \
    LEADBRIDGE_HTTP__HOST=0.0.0.0
RUN mkdir --mode=0700 /state && chown 10001:10001 /state && mkdir /config
COPY --from=build /opt/leadbridge /opt/leadbridge
USER 10001:10001
VOLUME ["/state"]
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as u; u.build_opener(u.ProxyHandler({})).open(f\"http://127.0.0.1:{os.environ.get('LEADBRIDGE_HTTP__PORT') or 8080}/healthz\", timeout=3)"]
ENTRYPOINT ["leadbridge"]
CMD ["run"]

# Two stages: the first builds /opt/ras from the hashed lock, the second holds only that.

FROM python:3.13-slim-bookworm AS build
WORKDIR /src
RUN python -m venv /opt/ras
# The lock on its own first: this layer is made again only when a dependency changes.
COPY requirements.lock ./
RUN /opt/ras/bin/pip install --no-cache-dir --only-binary :all: --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY migrations migrations
COPY ras ras
COPY app app
# The tools that install are not left in what runs.
RUN /opt/ras/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \
    && /opt/ras/bin/pip uninstall --yes editables hatchling pip

FROM python:3.13-slim-bookworm
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin ras \
    && install --directory --owner=ras --group=ras --mode=0700 /data
COPY --from=build /opt/ras /opt/ras
ENV PATH=/opt/ras/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    RAS_DATA_DIR=/data \
    RAS_HOST=0.0.0.0 \
    RAS_PORT=8000
WORKDIR /data
# By number, so that an orchestrator can see that it is not root.
USER 10001:10001
VOLUME /data
EXPOSE 8000
# Not urllib, which would send this through a proxy named in the environment.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "-c", "\
import http.client, os, sys; \
c = http.client.HTTPConnection('127.0.0.1', int(os.environ['RAS_PORT']), timeout=3); \
c.request('GET', '/livez'); \
sys.exit(c.getresponse().status != 200)"]
ENTRYPOINT ["ras"]
CMD ["serve"]

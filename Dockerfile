# The web console, if this version has one: /out/dist, else an empty /out.
FROM node:22-slim AS web
WORKDIR /src
COPY . .
RUN mkdir /out \
    && if [ -f web/package.json ]; then \
        cd web && npm ci --no-audit --no-fund && npm run build && cp -r dist /out/; \
    fi

FROM python:3.11-slim
ENV PATH=/srv/wangge/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    UV_COMPILE_BYTECODE=1 \
    UV_LINK_MODE=copy \
    UV_NO_CACHE=1 \
    UV_PYTHON_DOWNLOADS=never
# What dossiers are set in.
RUN apt-get update \
    && apt-get install -y --no-install-recommends fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --user-group --no-create-home --home-dir /srv/wangge wangge \
    && install --directory --owner=wangge --group=wangge /var/lib/wangge/media
WORKDIR /srv/wangge

# Packages first: they change less often than the code.
COPY scripts/uv-requirement.txt /tmp/
RUN pip install --no-cache-dir --disable-pip-version-check -r /tmp/uv-requirement.txt
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --no-install-project

COPY . .
RUN uv sync --frozen --no-dev
COPY --from=web /out ./web/

USER wangge
EXPOSE 8000
# http.client, because urllib would ask a configured proxy.
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 CMD ["python", "-c", "import http.client, sys; c = http.client.HTTPConnection('127.0.0.1', 8000, timeout=4); c.request('GET', '/healthz'); sys.exit(c.getresponse().status != 200)"]
CMD ["wangge", "serve", "--host", "0.0.0.0", "--port", "8000"]

# The worker and the trainer. torch's own wheels bring CUDA along; the machine brings the driver (nvidia-container-toolkit).
FROM python:3.11-slim-bookworm

WORKDIR /app
# BIND: the worker's /metrics is for the container network, where Prometheus is.
ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 BIND=0.0.0.0
RUN useradd --create-home --uid 1000 site && mkdir -p var && chown site var
COPY pyproject.toml constraints.txt README.md ./
RUN pip install -c constraints.txt -e '.[worker,train]'
COPY . .
USER 1000
EXPOSE 9800
CMD ["python", "-m", "celery", "-A", "config", "worker", "--queues", "generate,housekeeping", "--pool", "threads", "--concurrency", "36"]

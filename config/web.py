"""`python -m config.web`: the web server, uvicorn with the bounds of this site.

Its command line takes no protocol of one's own (config.patient_http), so it is started from here.
"""

import argparse

import uvicorn

from config.patient_http import PatientHttp

LONGEST_FRAME = 64 * 1024  # bytes of one socket frame; a message with all around it has less than 20,000 characters
SHUTDOWN_SECONDS = 3


def main() -> None:
    """Serve until SIGTERM. Proxies are believed as FORWARDED_ALLOW_IPS, uvicorn's own variable, says."""
    options = argparse.ArgumentParser(prog="python -m config.web", description=__doc__)
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--port", type=int, default=8000)
    wanted = options.parse_args()
    uvicorn.run(
        "config.asgi:application",
        host=wanted.host,
        port=wanted.port,
        http=PatientHttp,
        ws_max_size=LONGEST_FRAME,
        access_log=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )


if __name__ == "__main__":
    main()

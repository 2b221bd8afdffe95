"""`openfisca serve` on a loopback port, with one worker: `python -m benchmarks.peers.openfisca_server PORT`.

`/calculate` answers a POST of `benchmarks.peers.situation.situation(plan)`; `/entities` says that it is up.
This runs in our environment and becomes the server in the peers' own.
"""

import os
import sys

from benchmarks.peers import PYTHON


def main() -> None:
    """Become the server."""
    module = ["-m", "openfisca_core.scripts.openfisca_command", "serve"]
    country = ["--country-package", "benchmarks.peers.openfisca_country"]
    # The worker it has by default closes the connection after each answer, and the load keeps its own open.
    # This one keeps them too. With a new connection for each request the default answers up to a tenth more.
    workers = ["--workers", "1", "--worker-class", "gthread", "--threads", "1"]
    quiet = ["--bind", f"127.0.0.1:{int(sys.argv[1])}", "--log-level", "warning"]
    os.execv(PYTHON, [str(PYTHON), *module, *country, *workers, *quiet])  # noqa: S606  the benchmark's own peer


if __name__ == "__main__":
    main()

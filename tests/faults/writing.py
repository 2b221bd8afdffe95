"""Several writers at once, for as long as something lasts."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.faults.killable import Killable
from tests.faults.ledger import Ledger

WRITERS = 6


@contextmanager
def writing(service: Killable, ledger: Ledger) -> Iterator[None]:
    """Write from several sides at once; at the end the service is killed, and the writers with it."""
    clients = [service.client() for _ in range(WRITERS)]
    writers = [threading.Thread(target=ledger.write_until_it_dies, args=(client,)) for client in clients]
    for writer in writers:
        writer.start()
    try:
        yield
    finally:
        service.kill()
        for writer, client in zip(writers, clients, strict=True):
            writer.join()
            client.close()

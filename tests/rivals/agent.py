"""Follows integer fields by the Python SDK as its documentation says, and prints what a program sees.

    agent.py ADDRESS TENANT SUBJECT DEFAULT PATH...

One JSON line each: `ready` with the versions, `values` whenever they are not those of the line
before, `said` for what the SDK logs, `got` for each line `get` of stdin. Ends with stdin.
"""

import json
import logging
import sys
import threading
from importlib.metadata import version

from opendecree import ConfigClient

PAUSE = 0.02  # between two looks, in seconds

printing = threading.Lock()
shown = None


def say(**line):
    print(json.dumps(line), flush=True)


class Said(logging.Handler):
    def emit(self, record):
        with printing:
            say(said=record.levelname, text=record.getMessage())


def show(fields):
    global shown
    with printing:
        values = [field.value for field in fields]
        if values != shown:
            shown = values
            say(values=values)


def look(fields, done):
    while not done.wait(PAUSE):
        show(fields)


def main():
    address, tenant, subject, default, *paths = sys.argv[1:]
    logging.basicConfig(level=logging.INFO, handlers=[Said()])
    # The role has to be said: without it, it is "superadmin".
    with ConfigClient(address, subject=subject, role="user", tenant_id=tenant) as client:
        watcher = client.watch(tenant)
        fields = [watcher.field(path, int, default=int(default)) for path in paths]
        for field in fields:
            field.on_change(lambda old, new: show(fields))
        with watcher:
            say(ready=f"opendecree {version('opendecree')}, grpcio {version('grpcio')}")
            done = threading.Event()
            looking = threading.Thread(target=look, args=(fields, done))
            looking.start()
            for line in sys.stdin:
                if line.strip() == "get":
                    with printing:
                        say(got=[field.value for field in fields])
            done.set()
            looking.join()
    say(stopped=True)


main()

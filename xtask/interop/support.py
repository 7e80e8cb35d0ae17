"""What the suites share: running a server, running cases, comparing values."""

import contextlib
import faulthandler
import os
import re
import socket
import subprocess
import sys
import threading
import time
import traceback


class Server:
    """A program that serves on this machine until the block ends."""

    def __init__(self, command):
        self.command = command

    def __enter__(self):
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.errors = []
        threading.Thread(target=self._collect, daemon=True).start()
        line = self.process.stdout.readline()
        found = re.search(r"http://([^/:\s]+):(\d+)", line)
        if not found:
            self.__exit__()
            raise SystemExit(f"the server printed no address but {line!r}\n{''.join(self.errors)}")
        self.host, self.port = found.group(1), int(found.group(2))
        threading.Thread(target=self.process.stdout.read, daemon=True).start()
        return self

    def _collect(self):
        for line in self.process.stderr:
            self.errors.append(line)
            del self.errors[:-200]

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError), contextlib.closing(socket.create_connection(("127.0.0.1", port), 1)):
            return
        time.sleep(0.1)
    raise SystemExit(f"nothing listens on port {port}")


class Cases:
    """Runs functions one after the other and counts how they end."""

    def __init__(self, suite):
        self.suite = suite
        self.passed = 0
        self.failed = 0
        self.only = os.environ.get("SNOWFLAKE_INTEROP_ONLY")
        # A suite takes seconds. One that hangs says where, and fails.
        faulthandler.dump_traceback_later(600, exit=True)

    def run(self, name, case, *arguments):
        if self.only and self.only not in name:
            return
        started = time.monotonic()
        try:
            case(*arguments)
        except Exception:
            self.failed += 1
            print(f"{self.suite}: {name} ... FAILED")
            traceback.print_exc(file=sys.stdout)
        else:
            self.passed += 1
            print(f"{self.suite}: {name} ... ok ({time.monotonic() - started:.1f} s)")
        sys.stdout.flush()

    def finish(self):
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        # Not sys.exit: a driver may leave threads behind that would keep this process alive.
        os._exit(1 if self.failed or not self.passed else 0)


def equal(got, wanted, what=""):
    """Compares values and their types, so that 1 is not taken for True or Decimal for float."""
    if type(got) is not type(wanted) or got != wanted:
        raise AssertionError(f"{what}: got {got!r}, wanted {wanted!r}")


def rows_equal(got, wanted, what=""):
    got, wanted = [tuple(row) for row in got], [tuple(row) for row in wanted]
    equal(len(got), len(wanted), f"{what}: number of rows")
    for number, (left, right) in enumerate(zip(got, wanted)):
        equal(len(left), len(right), f"{what}: width of row {number}")
        for column, (one, other) in enumerate(zip(left, right)):
            equal(one, other, f"{what}: row {number}, column {column}")


@contextlib.contextmanager
def raises(kind, errno=None, sqlstate=None, text=None):
    """Expects an error of a kind, with a code, a state and a text when they are named."""
    try:
        yield
    except kind as error:
        if errno is not None:
            equal(error.errno, errno, f"errno of {error}")
        if sqlstate is not None:
            states = sqlstate if isinstance(sqlstate, tuple) else (sqlstate,)
            assert error.sqlstate in states, f"sqlstate of {error}: {error.sqlstate!r} not in {states}"
        if text is not None:
            assert text in str(error), f"{text!r} not in {error}"
    else:
        raise AssertionError(f"no {kind.__name__}")

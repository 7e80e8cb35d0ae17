"""Our client against fakesnow, an independent server on DuckDB.

usage: fakesnow_client.py PROGRAM

PROGRAM is the client's example `interop`, which reads its configuration from the environment, compares what it gets
with what it expects, and ends with a failure when they differ.
"""

import os
import subprocess
import sys

from support import Cases, free_port, wait_for_port


def main(program):
    port = free_port()
    server = subprocess.Popen(
        [os.path.join(os.path.dirname(sys.executable), "fakesnow"), "-s", "-p", str(port)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    cases = Cases("fakesnow")
    try:
        wait_for_port(port)
        cases.run("the client's example", run, program, port)
    finally:
        server.kill()
        server.wait()
    cases.finish()


def run(program, port):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SNOWFLAKE_")}
    environment |= {
        "SNOWFLAKE_ACCOUNT": "fakesnow",
        "SNOWFLAKE_USER": "fake",
        "SNOWFLAKE_PASSWORD": "snow",
        "SNOWFLAKE_HOST": "127.0.0.1",
        "SNOWFLAKE_PORT": str(port),
        "SNOWFLAKE_PROTOCOL": "http",
        "SNOWFLAKE_QUERY_TIMEOUT": "60s",
    }
    finished = subprocess.run([program], env=environment, stdin=subprocess.DEVNULL, timeout=300)
    assert finished.returncode == 0, f"{program} ended with {finished.returncode}"


if __name__ == "__main__":
    main(*sys.argv[1:])

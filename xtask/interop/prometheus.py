"""A real Prometheus watches `snowflake-ops serve`, which watches our simulator.

usage: prometheus.py SIMULATOR OPS

SIMULATOR and OPS are the binaries `snowflake-sim` and `snowflake-ops`. Prometheus and promtool are those of the machine
(Debian package `prometheus`). Every expression of the dashboard and every figure that an alert watches must have a
value after a workload of the official Python connector. With SNOWFLAKE_DASHBOARD=FILE the dashboard is drawn into FILE.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import snowflake.connector

import deployment
from monitoring import ROOT, Prometheus, get, page_is_clean, watched
from support import Cases, Server, free_port, wait_for_port

USER, PASSWORD = "interop", "correct horse"
DATABASE, SCHEMA, WAREHOUSE = "INTEROP", "WORK", "COMPUTE_WH"
# Collectors of sources that the simulator has not; their panels show zero.
ABSENT = {"clustering", "replication"}


def main(simulator, ops):
    for program in ("prometheus", "promtool"):
        if not shutil.which(program):
            raise SystemExit(f"{program} is not installed: apt-get install prometheus")
    cases = Cases("prometheus")
    for name, case in deployment.CASES:
        cases.run(name, case)
    with contextlib.ExitStack() as stack:
        world = World(stack, simulator, ops)
        for name, case in list(globals().items()):
            if name.startswith("case_"):
                cases.run(name.removeprefix("case_").replace("_", " "), case, world)
    cases.finish()


class World:
    """The simulator, the service and Prometheus, with statements running all the time."""

    def __init__(self, stack, simulator, ops):
        self.simulator_program = simulator
        self.simulator_port, self.http_port, self.metrics_port = free_port(), free_port(), free_port()
        self.simulator = None
        self.start_simulator()
        stack.callback(self.stop_simulator)
        with self.connection() as connection:
            prepare(connection)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        self.prometheus = stack.enter_context(Prometheus(folder, self.metrics_port))
        self.ops = stack.enter_context(running(ops, self.service_environment(), self.http_port, self.metrics_port))
        self.done = threading.Event()
        worker = threading.Thread(target=self.work, daemon=True)
        worker.start()
        stack.callback(worker.join, 60)
        stack.callback(self.done.set)

    def start_simulator(self):
        login = ["--user", USER, "--password", PASSWORD]
        context = ["--database", DATABASE, "--schema", SCHEMA, "--warehouse", WAREHOUSE]
        command = [self.simulator_program, "serve", "--port", str(self.simulator_port), *login, *context]
        self.simulator = Server(command)
        self.simulator.__enter__()

    def stop_simulator(self):
        if self.simulator:
            self.simulator.__exit__()
        self.simulator = None

    def connection(self):
        return snowflake.connector.connect(
            account="interop", user=USER, password=PASSWORD, host="127.0.0.1", port=self.simulator_port,
            protocol="http", database=DATABASE, schema=SCHEMA, warehouse=WAREHOUSE, login_timeout=30,
        )

    def service_environment(self):
        return {
            "SNOWFLAKE_ACCOUNT": "interop", "SNOWFLAKE_USER": USER, "SNOWFLAKE_PASSWORD": PASSWORD,
            "SNOWFLAKE_HOST": "127.0.0.1", "SNOWFLAKE_PORT": str(self.simulator_port),
            "SNOWFLAKE_PROTOCOL": "http", "SNOWFLAKE_DATABASE": DATABASE, "SNOWFLAKE_SCHEMA": SCHEMA,
            "SNOWFLAKE_WAREHOUSE": WAREHOUSE, "SNOWFLAKE_POOL_MIN": "1", "SNOWFLAKE_POOL_MAX": "4",
        }

    def url(self, path):
        return f"http://127.0.0.1:{self.http_port}{path}"

    def metrics(self):
        return get(f"http://127.0.0.1:{self.metrics_port}/metrics")

    def work(self):
        """Statements of everybody else, and somebody who keeps asking how the service is."""
        while not self.done.wait(0.5):
            with contextlib.suppress(Exception):
                get(self.url("/health/snowflake"))
            with contextlib.suppress(Exception), self.connection() as connection:
                connection.cursor().execute("SELECT COUNT(*), SUM(amount) FROM orders")


@contextlib.contextmanager
def running(program, environment, http_port, metrics_port):
    command = [program, "serve", "--http-port", str(http_port), "--metrics-port", str(metrics_port)]
    with tempfile.TemporaryFile() as log:
        plain = {name: value for name, value in os.environ.items() if not name.startswith("SNOWFLAKE_")}
        process = subprocess.Popen(command, env={**plain, **environment}, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            wait_for_port(http_port)
            wait_for_port(metrics_port)
            yield process
        finally:
            process.terminate()
            try:
                code = process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                code = "killed: it did not end when it was told to"
            if code != 0:
                log.seek(0)
                print(f"snowflake-ops ended with {code}\n{log.read().decode(errors='replace')[-4000:]}")


def prepare(connection):
    """Tables, files, failures and tasks, so that the figures of the account are not empty."""
    cursor = connection.cursor()
    cursor.execute("CREATE OR REPLACE TABLE orders (id INT, amount NUMBER(10, 2), name VARCHAR)")
    cursor.execute("INSERT INTO orders SELECT SEQ4(), SEQ4() / 7, 'order ' || SEQ4() FROM TABLE(GENERATOR(ROWCOUNT => 5000))")
    cursor.execute("CREATE OR REPLACE TABLE copied CLONE orders")
    cursor.execute("DELETE FROM orders WHERE id < 100")
    cursor.execute("CREATE OR REPLACE TABLE dropped (id INT)")
    cursor.execute("DROP TABLE dropped")
    cursor.execute("CREATE OR REPLACE STAGE files")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.csv"
        path.write_text("".join(f"{number},{number}.5,loaded\n" for number in range(50)))
        cursor.execute(f"PUT file://{path} @files")
    cursor.execute("COPY INTO orders FROM @files")
    with contextlib.suppress(snowflake.connector.Error):
        cursor.execute("SELECT nothing FROM nowhere")
    with contextlib.suppress(snowflake.connector.Error):
        snowflake.connector.connect(
            account="interop", user=USER, password="wrong", host=connection.host, port=connection.port,
            protocol="http", login_timeout=5,
        )


def case_the_service_answers(world):
    wait(60, lambda: get(world.url("/health")).status == 200, "/health")
    wait(60, lambda: get(world.url("/health/snowflake")).status == 200, "/health/snowflake")
    metrics = world.metrics()
    assert metrics.status == 200, metrics.status
    assert metrics.headers["content-type"].startswith("text/plain"), metrics.headers["content-type"]


def case_prometheus_scrapes_it(world):
    wait(60, lambda: world.prometheus.value('up{job="snowflake-ops"}') == 1.0, "the target is up")


def case_every_collector_has_run(world):
    def silent():
        runs = world.prometheus.query("sum by (collector) (snowflake_collector_runs_total)")
        ran = {entry["metric"]["collector"] for entry in runs if float(entry["value"][1]) > 0}
        return known - ran

    known = {entry["name"] for entry in deployment.catalogue("metrics")["collector"]}
    wait(120, lambda: not silent(), lambda: f"collectors that never ran: {silent()}")
    up = world.prometheus.query("snowflake_collector_up")
    down = {entry["metric"]["collector"] for entry in up if float(entry["value"][1]) == 0}
    assert down <= ABSENT, f"collectors that fail: {down - ABSENT}\n{get(world.url('/health/collectors')).text}"


def case_promtool_is_content_with_the_page(world):
    page_is_clean(world.metrics().text)


def case_every_metric_of_the_page_is_in_the_catalogue(world):
    names = {entry["name"]: entry for entry in deployment.catalogue("metrics")["metric"]}
    kinds = {}
    for line in world.metrics().text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            kinds[name] = kind
    wrong = {name: kind for name, kind in kinds.items() if name not in names or names[name]["kind"] != kind}
    assert not wrong, f"not as the catalogue has them: {wrong}"


def case_every_expression_has_a_value(world):
    expressions = watched()

    def empty():
        return [f"{place}: {text}" for place, text in expressions if not world.prometheus.has_value(text)]

    wait(180, lambda: not empty(), lambda: "\n".join(["no value:", *empty()]))
    print(f"prometheus: {len(expressions)} expressions have values")


def case_the_rules_are_evaluated(world):
    rules = world.prometheus.rules()
    names = {entry["name"] for entry in deployment.catalogue("monitoring")["alert"]}
    assert {rule["name"] for rule in rules} == names
    wait(60, lambda: all(rule["health"] == "ok" for rule in world.prometheus.rules()), "all rules are well")


def case_dashboard_is_drawn(world):
    target = os.environ.get("SNOWFLAKE_DASHBOARD")
    if target:
        import draw_dashboard

        draw_dashboard.draw(world.prometheus.url, ROOT / target)
        print(f"prometheus: drew {target}")


def case_readiness_follows_the_simulator(world):
    world.stop_simulator()
    wait(90, lambda: get(world.url("/health/snowflake")).status == 503, "unready without the simulator")
    assert get(world.url("/health")).status == 200, "the process lives"
    assert world.metrics().status == 200, "and shows its figures"
    wait(30, lambda: world.prometheus.value("snowflake_up") == 0.0, "snowflake_up is 0")
    alert = next(rule for rule in world.prometheus.rules() if rule["name"] == "SnowflakeUnreachable")
    wait(30, lambda: world.prometheus.has_value(alert["query"]), "the alert is pending")
    world.start_simulator()
    wait(120, lambda: get(world.url("/health/snowflake")).status == 200, "ready again")
    wait(30, lambda: world.prometheus.value("snowflake_up") == 1.0, "snowflake_up is 1")


def wait(seconds, condition, what):
    """Waits until a condition holds; `what` is a text or makes one."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            if condition():
                return
        time.sleep(0.5)
    raise AssertionError(what() if callable(what) else f"not within {seconds} s: {what}")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Prometheus: starting it, asking it, and what the dashboard and the alert rules ask it."""

import json
import math
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from support import free_port, wait_for_port

ROOT = Path(__file__).resolve().parents[2]
DASHBOARD = ROOT / "docs/deploy/grafana-dashboard.json"
RULES = ROOT / "docs/deploy/prometheus-alerts.yaml"


@dataclass
class Page:
    status: int
    headers: dict
    text: str


def get(url):
    """A page, whatever its status."""
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return Page(answer.status, answer.headers, answer.read().decode())
    except urllib.error.HTTPError as answer:
        with answer:
            return Page(answer.code, answer.headers, answer.read().decode())


class Prometheus:
    """A Prometheus of its own, which scrapes one target every second, until the block ends."""

    def __init__(self, folder, target_port):
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.config = folder / "prometheus.yaml"
        self.config.write_text(
            "global:\n  scrape_interval: 1s\n  evaluation_interval: 2s\n"
            f"rule_files:\n  - {json.dumps(str(RULES))}\n"
            "scrape_configs:\n  - job_name: snowflake-ops\n    static_configs:\n"
            f'      - targets: ["127.0.0.1:{target_port}"]\n'
        )

    def __enter__(self):
        subprocess.run(["promtool", "check", "config", self.config], check=True, stdout=subprocess.DEVNULL)
        self.log = open(self.folder / "prometheus.log", "wb")
        self.process = subprocess.Popen(
            [
                "prometheus", f"--config.file={self.config}", f"--storage.tsdb.path={self.folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{self.port}",
            ],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
        )
        wait_for_port(self.port)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def query(self, expression):
        """The series of an instant query."""
        page = get(f"{self.url}/api/v1/query?{urllib.parse.urlencode({'query': expression})}")
        answer = json.loads(page.text)
        if answer["status"] != "success":
            raise AssertionError(f"{expression}: {answer.get('error')}")
        data = answer["data"]
        return [{"metric": {}, "value": data["result"]}] if data["resultType"] == "scalar" else data["result"]

    def value(self, expression):
        """The value of the only series, or nothing."""
        series = self.query(expression)
        return float(series[0]["value"][1]) if len(series) == 1 else None

    def has_value(self, expression):
        """Whether any series has a number, and not just the want of one."""
        return any(not math.isnan(float(series["value"][1])) for series in self.query(expression))

    def rules(self):
        groups = json.loads(get(f"{self.url}/api/v1/rules").text)["data"]["groups"]
        return [rule for group in groups for rule in group["rules"]]


def panels():
    """The panels of the dashboard in the order of their places, rows left out, each with its row's title."""
    row = ""
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        if panel["type"] == "row":
            row = panel["title"]
        else:
            yield row, panel


def watched():
    """Every expression of the dashboard, and the figure that each alert compares."""
    from deployment import catalogue

    drawn = [(panel["title"], target["expr"]) for _, panel in panels() for target in panel["targets"]]
    return drawn + [(alert["name"], alert["value"]) for alert in catalogue("monitoring")["alert"]]


def page_is_clean(text):
    """promtool must find nothing to say about a page of metrics."""
    checked = subprocess.run(["promtool", "check", "metrics"], input=text, text=True, capture_output=True)
    said = (checked.stdout + checked.stderr).strip()
    assert checked.returncode == 0 and not said, f"promtool: {said}"

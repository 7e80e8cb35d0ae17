"""Draws the dashboard as a picture, from what a Prometheus answers.

usage: draw_dashboard.py PROMETHEUS_URL FILE.png [SECONDS]

It needs matplotlib, and shows the last SECONDS (300 unless given) of every panel as Grafana would, plainly.
"""

import json
import math
import re
import sys
import time
import urllib.parse

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot
from matplotlib.ticker import FuncFormatter

from monitoring import get, panels

ACROSS = 3
UNITS = {"s": " s", "bytes": "B", "Bps": "B/s", "ops": "/s", "percentunit": "%"}


def draw(url, target, seconds=300):
    rows = {}
    for row, panel in panels():
        rows.setdefault(row, []).append(panel)
    heights = [line for entries in rows.values() for line in range(math.ceil(len(entries) / ACROSS))]
    pyplot.style.use("dark_background")
    figure = pyplot.figure(figsize=(18, 3.1 * len(heights)), facecolor="#111217")
    grid = figure.add_gridspec(len(heights), ACROSS, hspace=0.75, wspace=0.18, left=0.035, right=0.985, top=0.98, bottom=0.02)
    line = 0
    for row, entries in rows.items():
        for index, panel in enumerate(entries):
            axes = figure.add_subplot(grid[line + index // ACROSS, index % ACROSS])
            if index == 0:
                axes.text(0, 1.28, row, transform=axes.transAxes, fontsize=15, color="#6e9fff", weight="bold")
            draw_panel(url, axes, panel, seconds)
        line += math.ceil(len(entries) / ACROSS)
    figure.savefig(target, dpi=60, facecolor=figure.get_facecolor())
    pyplot.close(figure)


def draw_panel(url, axes, panel, seconds):
    axes.set_facecolor("#181b1f")
    axes.set_title(panel["title"], fontsize=11, loc="left", color="#d0d0d8")
    axes.tick_params(labelsize=8, colors="#9a9aa5")
    unit = panel["fieldConfig"]["defaults"]["unit"]
    series = [entry for target in panel["targets"] for entry in ranges(url, target, seconds)]
    if panel["type"] == "timeseries":
        for name, points in series[:12]:
            axes.plot([at - points[-1][0] for at, _ in points], [value for _, value in points], label=name, lw=1.4)
        axes.grid(color="#2c2f36", lw=0.5)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: shown(value, unit)))
        axes.set_ylim(bottom=0)
        if series:
            axes.legend(fontsize=7, loc="upper left", frameon=False, ncols=2)
        return
    last = [(name, points[-1][1]) for name, points in series][:8]
    if panel["type"] == "bargauge" or len(last) > 3:
        names = [name for name, _ in last]
        axes.barh(range(len(last)), [value for _, value in last], color="#3d71d9")
        axes.set_yticks(range(len(last)), [""] * len(last))
        for place, (name, value) in enumerate(last):
            axes.text(0.01, place, f" {name}: {shown(value, unit)}", transform=axes.get_yaxis_transform(), fontsize=8, va="center")
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: shown(value, unit)))
        axes.invert_yaxis()
        return
    axes.set_axis_off()
    for place, (name, value) in enumerate(last):
        middle = (place + 0.5) / max(len(last), 1)
        axes.text(middle, 0.55, shown(value, unit), transform=axes.transAxes, fontsize=22, ha="center", va="center", color="#73bf69")
        axes.text(middle, 0.2, name, transform=axes.transAxes, fontsize=9, ha="center", color="#9a9aa5")


def ranges(url, target, seconds):
    """The series of an expression over the time that is shown, with the names that the legend gives them."""
    end = time.time()
    asked = {"query": target["expr"], "start": end - seconds, "end": end, "step": max(1, seconds / 150)}
    answer = json.loads(get(f"{url}/api/v1/query_range?{urllib.parse.urlencode(asked)}").text)
    for series in answer["data"]["result"]:
        points = [(at, float(value)) for at, value in series["values"] if not math.isnan(float(value))]
        if points:
            yield legend(target["legendFormat"], series["metric"]), points


def legend(pattern, labels):
    return re.sub(r"\{\{(\w+)\}\}", lambda found: labels.get(found.group(1), ""), pattern)


def shown(value, unit):
    """A number as a reader likes it: `1.5k`, `20 MB`, `35 %`."""
    if unit == "percentunit":
        return f"{value * 100:.3g} %"
    for limit, letter in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= limit:
            return f"{value / limit:.3g} {letter}{UNITS.get(unit, '').strip()}"
    return f"{value:.3g}{UNITS.get(unit, '')}"


if __name__ == "__main__":
    draw(sys.argv[1], sys.argv[2], float(sys.argv[3]) if len(sys.argv) > 3 else 300)

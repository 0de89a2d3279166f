"""What the benchmarks share: times, tables, and the machine they ran on."""

import json
import os
import platform
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that some work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """Return the median and the 95th percentile, in milliseconds."""
    return {name: round(float(np.percentile(seconds, at)) * 1000, 2) for name, at in (("p50", 50), ("p95", 95))}


def rss_mb() -> float:
    """Return the resident memory of this process, in megabytes."""
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 if sys.platform == "linux" else 1024 * 1024), 1)


def machine() -> str:
    """Say what this ran on."""
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


def show(title: str, result: Mapping[str, Any], as_json: bool) -> None:
    """Print the result, as one JSON object or as a table."""
    if as_json:
        print(json.dumps(result, ensure_ascii=False))
        return
    print(f"{title} ({machine()})")
    for name, value in _flat(result):
        print(f"  {name:<32} {value}")


def _flat(result: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = []
    for name, value in result.items():
        rows += _flat(value, f"{prefix}{name}.") if isinstance(value, Mapping) else [(f"{prefix}{name}", value)]
    return rows

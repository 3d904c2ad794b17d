"""Compare two runs of ``python -m benchmarks.questions``, for example of two commits.

    python -m benchmarks.compare BEFORE.json AFTER.json

prints the times of our server in both, their ratio, and the ratio of the same engine's times for
another engine, which shows how much the machine differed. Ratios below 1 are faster.
"""

from __future__ import annotations

import argparse
import statistics
from pathlib import Path
from typing import Final

from benchmarks.output import NONE
from benchmarks.question_results import PEERS, EngineResult, Results, read_results
from benchmarks.timing import in_ms

#: What must be the same in both runs for their times to be comparable.
_CONDITIONS: Final = ("release", "seed", "machine", "cores")
_TIMES: Final = ("cold", "new", "repeated")


def compare(before: Results, after: Results) -> str:
    """Return the comparison of two runs as a Markdown table."""
    lines = [
        f"Different {name}: {before['environment'].get(name)} before, "
        f"{after['environment'].get(name)} after.\n"
        for name in _CONDITIONS
        if before["environment"].get(name) != after["environment"].get(name)
    ]
    earlier = {question["name"]: question["engines"] for question in before["questions"]}
    peers = [name for name in PEERS if name != "without columns"]
    heads = [f"{name}: before | after | ratio" for name in _TIMES]
    heads += [f"{PEERS[name]} new: ratio" for name in peers]
    lines.append(f"| question | {' | '.join(heads)} | answers |")
    lines.append("|" + "---|" * (2 + 3 * len(_TIMES) + len(peers)))
    ratios: dict[str, list[float]] = {head: [] for head in (*_TIMES, *peers)}
    for question in after["questions"]:
        name, engines = question["name"], question["engines"]
        if name not in earlier:
            continue
        cells = [name]
        for measured in _TIMES:
            old, new = (_time(run.get("ours"), measured) for run in (earlier[name], engines))
            cells += [in_ms(old), in_ms(new), _ratio(old, new, ratios[measured])]
        for peer in peers:
            old, new = (_time(run.get(peer), "new") for run in (earlier[name], engines))
            cells.append(_ratio(old, new, ratios[peer]))
        lines.append(f"| {' | '.join(cells)} | {question['answers']} |")
    lines.append("")
    lines += [
        f"- {PEERS.get(name, f'ours {name}')}: {statistics.geometric_mean(listed):.2f} (geometric "
        f"mean of {len(listed)}; {min(listed):.2f} to {max(listed):.2f})"
        for name, listed in ratios.items()
        if listed
    ]
    names = {question["name"] for question in after["questions"]}
    if changed := sorted(names ^ earlier.keys()):
        lines.append(f"- only in one of the runs: {', '.join(changed)}")
    return "\n".join(lines)


def _time(result: EngineResult | None, measured: str) -> float | None:
    value = dict(result).get(measured) if result else None
    return value if isinstance(value, float | int) else None


def _ratio(before: float | None, after: float | None, ratios: list[float]) -> str:
    """Return a ratio as text, and add it to those of its kind."""
    if not before or not after:
        return NONE
    ratios.append(after / before)
    return f"{ratios[-1]:.2f}"


def main() -> None:
    """Print the comparison of two files."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("before", type=Path, metavar="BEFORE.json")
    parser.add_argument("after", type=Path, metavar="AFTER.json")
    options = parser.parse_args()
    try:
        print(compare(read_results(options.before), read_results(options.after)))
    except (OSError, ValueError) as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()

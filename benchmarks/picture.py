"""Draws docs/pictures/detection.svg: F1 beside the word list, and whether confidence holds.

python -m benchmarks.picture [FOLDER]
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.bench_detect import KINDS, counts, f1_of
from benchmarks.calibrate import held_out, reliability, told_by
from benchmarks.keyword_baseline import baseline_labels
from benchmarks.labelled import DEFAULT, half_of, item_of, read_lines
from bot.detect.detector import Detector

_TARGET = Path(__file__).parents[1] / "docs" / "pictures" / "detection.svg"
STYLE = (
    "<style>text{font:16px sans-serif;fill:#222}.h{font-weight:bold;font-size:19px}"
    ".bg{fill:#fff}.d{fill:#1769aa}.k{fill:#b0b7bf}.a{stroke:#888;stroke-width:1.5;fill:none}"
    ".l{stroke:#1769aa;stroke-width:1.5;fill:none}"
    "@media(prefers-color-scheme:dark){text{fill:#eee}.bg{fill:#161b22}.d{fill:#58a6ff}"
    ".k{fill:#6e7681}.l{stroke:#58a6ff}}</style>"
)


def bars(rows: list[tuple[str, float, str]]) -> list[str]:
    drawn = ['<text class="h" x="16" y="32">F1 on half B (read as figures only)</text>']
    for number, (name, value, style) in enumerate(rows):
        y = 52 + 40 * number
        drawn += [
            f'<text x="16" y="{y + 20}">{name}</text>',
            f'<rect class="{style}" x="190" y="{y}" width="{200 * value:.0f}" height="28"/>',
            f'<text x="{198 + 200 * value:.0f}" y="{y + 20}">{value:.2f}</text>',
        ]
    return drawn


def diagram(rows: list[tuple[float, float, int]], top: int) -> list[str]:
    """Both axes from 0.5 to 1; the area of a point is its number of reports."""
    low, size = top + 290, 240

    def at(x: float, y: float) -> tuple[float, float]:
        return 90 + (max(x, 0.5) - 0.5) * 2 * size, low - (max(y, 0.5) - 0.5) * 2 * size

    drawn = [
        f'<text class="h" x="16" y="{top + 22}">Confidence said, and share right</text>',
        f'<path class="a" d="M90 {low - size}V{low}H{90 + size}"/>',
        f'<path class="a" stroke-dasharray="5" d="M90 {low}L{90 + size} {low - size}"/>',
        f'<text x="50" y="{low + 6}">0.5</text><text x="50" y="{low - size + 6}">1.0</text>',
        f'<text x="80" y="{low + 24}">0.5</text><text x="{78 + size}" y="{low + 24}">1.0</text>',
    ]
    most = max((many for _, _, many in rows), default=1)
    for said, right, many in rows:
        x, y = at(said, right)
        radius = 3 + 15 * (many / most) ** 0.5
        drawn.append(f'<circle class="d" cx="{x:.0f}" cy="{y:.0f}" r="{radius:.0f}"/>')
        left, down = x - radius - 6, min(y + 6, low - 8)
        drawn.append(f'<text x="{left:.0f}" y="{down:.0f}" text-anchor="end">{many}</text>')
    return drawn


def save(target: Path, title: str, width: int, height: int, body: Sequence[str]) -> None:
    """Write what was drawn as an SVG file in our style."""
    target.parent.mkdir(exist_ok=True)
    target.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">'
        f'<title>{title}</title>{STYLE}<rect class="bg" width="{width}" height="{height}"/>'
        + "\n".join(body) + "</svg>\n", "utf-8",
    )  # fmt: skip


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    items = [raw for raw in read_lines(folder / "dev.jsonl") if half_of(raw["id"]) == "B"]
    detector = Detector.load()
    found = {raw["id"]: detector.detect(item_of(raw)).labels for raw in items}
    plain = {raw["id"]: baseline_labels(raw) for raw in items}
    rows = []
    for kind in KINDS:
        rows.append((kind, f1_of(counts(items, found.__getitem__, kind)), "d"))
        rows.append((f"{kind}, word list", f1_of(counts(items, plain.__getitem__, kind)), "k"))
    body = [*bars(rows), *diagram(reliability(held_out(told_by(folder)[0])), 220)]
    save(_TARGET, "Detection, measured", 450, 550, body)


if __name__ == "__main__":
    main()

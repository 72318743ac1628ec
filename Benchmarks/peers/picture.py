"""Bars from the JSON files of peers.py, one panel for each: picture.py RESULT.json… > Documentation/peers.svg"""

import json
import sys
from pathlib import Path

NAMES = {"engine": "engine", "ncnn-f32": "ncnn", "openvino": "OpenVINO", "onnxruntime": "ONNX Runtime",
         "torch-compile-frozen": "PyTorch compiled", "torch-channels-last": "PyTorch"}
TITLES = {"unet": "U-Net, 31 M parameters", "segnet": "SegNet, depth 3"}
ROW, BAR, LEFT, WIDTH, PANEL = 30, 18, 150, 330, 620


def panel(result: dict, y: int) -> list[str]:
    seconds = {r["peer"]: r["median_s_per_image"] for r in result["rows"]}
    scale = WIDTH / max(seconds[p] for p in NAMES if p in seconds)
    lines = [f'<text x="16" y="{y}" font-weight="bold" fill="#222">{TITLES[result["network"]]}, batch '
             f'{result["batch"]}: seconds per image</text>']
    for row, (peer, name) in enumerate((p, n) for p, n in NAMES.items() if p in seconds):
        top = y + 16 + row * ROW
        fill = "#0b6e99" if peer == "engine" else "#9aa5ad"
        width = seconds[peer] * scale
        lines.append(f'<text x="{LEFT - 10}" y="{top + 14}" text-anchor="end" fill="#222">{name}</text>')
        lines.append(f'<rect x="{LEFT}" y="{top}" width="{width:.0f}" height="{BAR}" fill="{fill}"/>')
        lines.append(f'<text x="{LEFT + width + 6:.0f}" y="{top + 14}" fill="#222">{seconds[peer]:.2f}</text>')
    return lines


def main() -> None:
    results = [result for path in sys.argv[1:] for result in json.loads(Path(path).read_text())["results"]]
    height = 48 + len(results) * (len(NAMES) * ROW + 44)
    spoken = "; ".join(f'{TITLES[r["network"]]}: ' + ", ".join(
        f'{NAMES[x["peer"]]} {x["median_s_per_image"]:.2f} s' for x in r["rows"] if x["peer"] in NAMES) for r in results)
    print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {PANEL} {height}" font-family="sans-serif" '
          f'font-size="14" role="img" aria-label="Seconds per image on two CPU cores. {spoken}">')
    print(f'<rect width="{PANEL}" height="{height}" fill="#ffffff"/>')
    for index, result in enumerate(results):
        print("\n".join(panel(result, 30 + index * (len(NAMES) * ROW + 44))))
    print(f'<text x="16" y="{height - 16}" fill="#555">256×256, float32, two AVX2 cores, interleaved in one run; '
          'shorter is better.</text></svg>')


if __name__ == "__main__":
    main()

"""Every layer's time beside what bounds it: the multiplications its algorithm needs at the processor's peak, and the
bytes it must read and write at the memory's. Prints a Markdown table."""

import argparse
import json
import math
import re
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def peaks(threads: int) -> tuple[float, float]:
    """GFLOP/s and GB/s that all threads reach together."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "peaks"
        subprocess.run(["cc", "-O3", "-march=native", "-ffp-contract=fast", "-pthread", HERE / "peaks.c", "-o", program],
                       check=True)
        gflops, gigabytes = subprocess.run([program, str(threads)], check=True, capture_output=True,
                                           text=True).stdout.split()
    return float(gflops), float(gigabytes)


def multiplications(layer: dict) -> float:
    """FLOPs of the products that the layer's algorithm leaves, whole tiles at the borders included."""
    tile = re.search(r"F\((\d)×\d\)", layer["algorithm"])
    if not tile:
        return layer["flops"]
    m = int(tile.group(1))
    n, h, w, channels = layer["output"]
    tiles = n * math.ceil(h / m) * math.ceil(w / m)
    return 2.0 * tiles * (m + 2) ** 2 * layer["input"][3] * channels


def traffic(layer: dict) -> float:
    """Bytes of input, output and weights, each once."""
    return 4.0 * (math.prod(layer["input"]) + math.prod(layer["output"])) + layer["weightBytes"]


def main() -> None:
    parser = argparse.ArgumentParser(prog="bounds.py", description=__doc__)
    parser.add_argument("--network", choices=["unet", "segnet"], default="unet")
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--engine", type=Path, default=ROOT / ".build" / "release" / "lungtriage-lab")
    parser.add_argument("--times", type=Path, help="what `bench infer --layers --json` printed before, instead of a run")
    a = parser.parse_args()
    depth = {"unet": 4, "segnet": 3}[a.network]
    command = [a.engine, "bench", "infer", "--network", a.network, "--depth", str(depth), "--batch", str(a.batch),
               "--device", "cpu", "--threads", str(a.threads), "--repeats", str(a.repeats), "--layers", "--json"]
    text = a.times.read_text() if a.times else subprocess.run(command, check=True, capture_output=True, text=True).stdout
    layers = json.loads(text)
    gflops, gigabytes = peaks(a.threads)
    print(f"{a.network}, batch {a.batch}, {a.threads} threads; peaks {gflops:.0f} GFLOP/s, {gigabytes:.0f} GB/s\n")
    print("| layer | how | channels, pixels | ms | products at peak, ms | memory at peak, ms | bound by | reached |")
    print("| --- | --- | --- | ---: | ---: | ---: | --- | ---: |")
    total = bound_total = 0.0
    for layer in layers:
        ms = 1000 * layer["seconds"]
        arithmetic, memory = multiplications(layer) / gflops / 1e6, traffic(layer) / gigabytes / 1e6
        bound = max(arithmetic, memory)
        total, bound_total = total + ms, bound_total + bound
        name = layer["name"].split(" + ")[0]
        size = f"{layer['input'][3]}→{layer['output'][3]}, {layer['output'][1]}×{layer['output'][2]}"
        print(f"| {name} | {layer['algorithm']} | {size} | {ms:.1f} | {arithmetic:.1f} | {memory:.1f} | "
              f"{'products' if arithmetic > memory else 'memory'} | {bound / ms:.0%} |")
    print(f"| all | | | {total:.1f} | | | | {bound_total / total:.0%} |")


if __name__ == "__main__":
    main()

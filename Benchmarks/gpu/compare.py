"""The engine on a GPU beside PyTorch, ONNX Runtime and TensorRT: one Markdown table, and what was left out and why.

Same weights, same pictures, one run: every network, batch and precision gives each peer one turn a round. Without PyTorch
the engine is measured alone, with random weights.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "peers"))
from interleave import interleave  # noqa: E402
from worker_process import WorkerFailed, WorkerProcess  # noqa: E402

PEERS = ["torch", "torch-channels-last", "torch-compile", "torch-compile-graph", "torch-cuda-graph", "onnxruntime",
         "tensorrt"]
DEPTHS = {"unet": 4, "segnet": 3}
#: Logits' relative L2 error against float64 above which a peer does not compute the same function.
LIMITS = {("unet", "float16"): 0.02, ("unet", "bfloat16"): 0.1, ("unet", "tf32"): 0.02, ("unet", "float32"): 1e-3,
          ("segnet", "float16"): 0.2, ("segnet", "bfloat16"): 0.5, ("segnet", "tf32"): 0.2, ("segnet", "float32"): 0.05}


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", type=Path, required=True, help="lungtriage-lab")
    parser.add_argument("--engine-device", default="cuda:0", help="auto, cpu or cuda:N")
    parser.add_argument("--device", choices=["cuda", "cpu"], default="cuda", help="of the peers")
    parser.add_argument("--networks", default="unet,segnet")
    parser.add_argument("--batches", default="1,32")
    parser.add_argument("--precisions", default="float16,bfloat16,tf32", help="also float32")
    parser.add_argument("--peers", default=",".join(PEERS))
    parser.add_argument("--size", type=int, default=256, help="height and width of an image")
    parser.add_argument("--matrix-size", type=int, default=8192, help="for the rate that networks are judged by")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--warm-runs", type=int, default=3, help="untimed runs before each timed one")
    parser.add_argument("--pause", type=float, default=0.0, help="seconds of rest after each turn")
    parser.add_argument("--folder", type=Path, required=True, help="for weights, pictures, logits and logs")
    parser.add_argument("--json", type=Path, help="write every number here")
    a = parser.parse_args()
    for name in ("networks", "precisions", "peers"):
        setattr(a, name, [part for part in getattr(a, name).split(",") if part])
    a.batches = [int(b) for b in a.batches.split(",")]
    # What interleave.py asks for: a GPU's turns are not disturbed by who else uses the processor.
    a.attempts, a.disturbance, a.wait_for_quiet = 1, 1.0, 0
    return a


def engine_json(a, *arguments: str) -> dict:
    result = subprocess.run([str(a.engine), *arguments, "--json"], capture_output=True, text=True)
    if result.returncode:
        raise WorkerFailed(result.stderr.strip().splitlines()[-1] if result.stderr.strip() else "no message")
    return json.loads(result.stdout)


def on_engine_device(a, precision: str) -> list[str]:
    return ["--device", a.engine_device] + ([] if a.engine_device == "cpu" else ["--precision", precision])


def matrix_rates(a, left_out: dict[str, str]) -> dict[str, float]:
    rates = {}
    for precision in a.precisions:
        try:
            rates[precision] = engine_json(a, "bench", "matrix", "--size", str(a.matrix_size),
                                           *on_engine_device(a, precision))["flopsPerSecond"]
        except WorkerFailed as failure:
            left_out[f"matrix rate, {precision}"] = str(failure)
    return rates


def prepare(a, network: str, folder: Path) -> None:
    """Weights, pictures and the first pictures' logits in float64, by PyTorch."""
    import numpy
    import torch
    from safetensors.torch import save_file

    sys.path.insert(0, str(HERE.parents[1] / "Tests" / "Golden"))
    from networks import SEED, images, reference, sane_network
    from twins import describe
    folder.mkdir(parents=True, exist_ok=True)
    model = sane_network(network, a.size)
    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, folder / "weights.safetensors",
              describe(model) | {"seed": str(SEED)})
    pictures = images(max(a.batches), a.size)
    for batch in a.batches:
        numpy.save(folder / f"input-{batch}.npy", pictures[:batch].numpy())
    numpy.save(folder / "reference.npy", reference(model, pictures[:2], "cuda" if torch.cuda.is_available() else "cpu"))


def flops(a, network: str, folder: Path, has_weights: bool) -> int:
    source = [str(folder / "weights.safetensors")] if has_weights else ["--network", network]
    return engine_json(a, "inspect", *source, "--size", str(a.size), "--device", "cpu")["flops"]


def commands(a, network: str, batch: int, precision: str, folder: Path, has_weights: bool, left_out: dict[str, str]):
    """Of every process that is to be measured, the engine's first."""
    def output(name):
        return folder / f"output-{name}-{batch}-{precision}.npy"
    source = (["--model", str(folder / "weights.safetensors"), "--input", str(folder / f"input-{batch}.npy"), "--output",
               str(output("engine"))] if has_weights else
              ["--network", network, "--batch", str(batch), "--size", str(a.size)])
    yield "engine", [str(a.engine), "bench", "infer", *source, "--resident", "--paced",
                     *on_engine_device(a, precision)], output("engine")
    if not has_weights:
        left_out["all peers"] = "they need PyTorch, numpy and safetensors, which this Python has not all"
        return
    for peer in a.peers:
        yield peer, [sys.executable, str(HERE / "worker.py"), peer, "--folder", str(folder), "--batch", str(batch),
                     "--precision", precision, "--device", a.device, "--output", str(output(peer))], output(peer)


def start(a, name: str, command: list[str], output: Path, folder: Path) -> WorkerProcess:
    """Throws WorkerFailed, with the peer's own words where it says why it cannot run here."""
    output.unlink(missing_ok=True)
    log = folder / f"{output.stem}.log"
    worker = WorkerProcess(name, command, os.environ | {"TORCHINDUCTOR_CACHE_DIR": str(a.folder / "inductor")},
                           os.cpu_count() or 1, output, log)
    worker.wait_until_ready()
    return worker


def measure(a, network: str, batch: int, precision: str, folder: Path, has_weights: bool, left_out) -> list[dict]:
    title = f"{network}, batch {batch}, {precision}"
    print(f"{title} ...", file=sys.stderr)
    workers: list[WorkerProcess] = []
    failures: dict[str, str] = {}
    for name, command, output in commands(a, network, batch, precision, folder, has_weights, left_out):
        try:
            workers.append(start(a, name, command, output, folder))
        except WorkerFailed as failure:
            failures[name] = str(failure)
    try:
        interleave(workers, a, failures)
        rows = [row_of(worker, network, batch, precision, folder, has_weights, failures) for worker in workers]
    finally:
        for worker in workers:
            worker.kill()
    left_out |= {f"{name}: {title}": reason for name, reason in failures.items()}
    return [row for row in rows if row]


def row_of(worker, network: str, batch: int, precision: str, folder: Path, has_weights: bool, failures) -> dict | None:
    row = {"network": network, "batch": batch, "precision": precision, "peer": worker.peer, "version": worker.version,
           "seconds": worker.seconds}
    try:
        worker.finish()
        if has_weights:
            import numpy
            expected = numpy.load(folder / "reference.npy")[:batch]
            found = numpy.load(worker.output).astype(numpy.float64)[:len(expected)]
            row["relative_l2"] = float(numpy.linalg.norm(found - expected) / numpy.linalg.norm(expected))
            row["same_class"] = float((found.argmax(1) == expected.argmax(1)).mean())
            row["agrees"] = row["relative_l2"] <= LIMITS[network, precision]  # False for NaN
    except (WorkerFailed, OSError) as failure:
        failures[worker.peer] = str(failure)
        return None
    return row


def table(rows: list[dict], work: dict[str, int], rates: dict[str, float]) -> str:
    lines = ["| network | batch | precision | | ms an image, median | fastest–slowest | time / engine, paired | TFLOP/s | "
             "of the matrix rate | L2 error | same class | |",
             "| --- | ---: | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |"]
    for row in rows:
        group = [r for r in rows if all(r[k] == row[k] for k in ("network", "batch", "precision"))]
        engine = next((r for r in group if r["peer"] == "engine"), None)
        ms = [1000 * s / row["batch"] for s in row["seconds"]]
        pairs = [p / e for p, e in zip(row["seconds"], engine["seconds"])] if engine else []
        rate = work[row["network"]] / (statistics.median(ms) / 1000)
        share = f"{100 * rate / rates[row['precision']]:.0f} %" if row["precision"] in rates else "–"
        error = f"{row['relative_l2']:.1e}" if "relative_l2" in row else "–"
        same = f"{100 * row['same_class']:.3f} %" if "same_class" in row else "–"
        remark = "; ".join(filter(None, [row["version"], "" if row.get("agrees", True) else "**DISAGREES**"]))
        lines.append(f"| {row['network']} | {row['batch']} | {row['precision']} | {row['peer']} | "
                     f"{statistics.median(ms):.3f} | {min(ms):.3f}–{max(ms):.3f} | "
                     f"{f'{statistics.median(pairs):.2f}' if pairs else '–'} | {rate / 1e12:.1f} | {share} | {error} | "
                     f"{same} | {remark} |")
    return "\n".join(lines)


def summary(left_out: dict[str, str]) -> list[str]:
    """A line for each peer and reason, with everything that it was left out of."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for what, why in left_out.items():
        name, _, where = what.partition(": ")
        grouped.setdefault((name, why), []).append(where)
    return [f"- {name}: {why}" + (f" ({'; '.join(where)})" if any(where) else "")
            for (name, why), where in grouped.items()]


def can_prepare() -> bool:
    try:
        import numpy, safetensors, torch  # noqa: F401, E401
    except ImportError:
        return False
    return True


def main() -> int:
    a = parse_arguments()
    a.folder.mkdir(parents=True, exist_ok=True)
    left_out: dict[str, str] = {}
    rates, has_weights = matrix_rates(a, left_out), can_prepare()
    rows, work = [], {}
    for network in a.networks:
        folder = a.folder / f"{network}-{a.size}"
        folder.mkdir(parents=True, exist_ok=True)
        if has_weights:
            prepare(a, network, folder)
        work[network] = flops(a, network, folder, has_weights)
        for batch in a.batches:
            for precision in a.precisions:
                rows += measure(a, network, batch, precision, folder, has_weights, left_out)
    print(table(rows, work, rates))
    for precision, rate in rates.items():
        print(f"\nMatrix rate, {precision}: {rate / 1e12:.0f} TFLOP/s in products of {a.matrix_size}×{a.matrix_size}.")
    print("\nLeft out:" if left_out else "\nNothing was left out.")
    for line in summary(left_out):
        print(line)
    if a.json:
        a.json.write_text(json.dumps({"rows": rows, "matrixRates": rates, "leftOut": left_out}, indent=1) + "\n")
    return 0 if any(row["peer"] == "engine" for row in rows) and all(r.get("agrees", True) for r in rows) else 1


if __name__ == "__main__":
    sys.exit(main())

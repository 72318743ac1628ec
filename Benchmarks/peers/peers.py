"""Measures this engine and its peers, interleaved, and prints Markdown tables. README.md says how to read them."""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

import numpy

import machine
from interleave import interleave
from report import print_table
from worker_process import WorkerFailed, WorkerProcess

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
INFERENCE = ["torch", "torch-channels-last", "torch-bf16", "torch-compile", "torch-compile-frozen", "onnxruntime",
             "openvino", "openvino-bf16", "ncnn", "ncnn-f32", "ncnn-bf16"]
TRAINING = ["torch", "torch-channels-last"]
#: Errors against PyTorch in float64 above which a peer does not compute the same function; README.md says why these.
MEDIAN_LIMIT = 1e-4
RELATIVE_L2_LIMIT = {("unet", False): 1e-3, ("segnet", False): 5e-2, ("unet", True): 0.1, ("segnet", True): 0.5}
DEFAULT_SIZES = {"infer": "1,8", "train": "4"}


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", choices=["unet", "segnet", "both"], default="both")
    parser.add_argument("--batch", help="batch sizes, default 1,8 (training: 4)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--size", type=int, default=256, help="height and width of an image")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--warm-runs", type=int, default=1, help="untimed runs of a peer before each timed one")
    parser.add_argument("--pause", type=float, default=0.3, help="seconds of rest after each turn, so that threads "
                        "that wait for work by spinning (at most 0.2 s by default) have gone to sleep")
    parser.add_argument("--disturbance", type=float, default=0.05, help="a turn during which other processes took more "
                        "than this share of the machine's CPUs does not count")
    parser.add_argument("--attempts", type=int, default=3, help="tries at an undisturbed turn")
    parser.add_argument("--wait-for-quiet", type=float, default=0, metavar="SECONDS", help="wait up to so long before "
                        "each try")
    parser.add_argument("--peers", help="comma-separated: " + ", ".join(INFERENCE))
    parser.add_argument("--no-engine", action="store_true")
    parser.add_argument("--engine", type=Path, default=ROOT / ".build" / "release" / "lungtriage-lab")
    parser.add_argument("--train", action="store_true", help="time training steps instead of inference")
    parser.add_argument("--folder", type=Path, default=ROOT / "Benchmarks" / "results" / "peers",
                        help="for weights, inputs, references and exported models")
    parser.add_argument("--json", type=Path, help="write every number here")
    a = parser.parse_args()
    known = TRAINING if a.train else INFERENCE
    a.peers = a.peers.split(",") if a.peers else known
    if unknown := [p for p in a.peers if p not in known]:
        parser.error(f"unknown peers {', '.join(unknown)}; known are {', '.join(known)}")
    try:
        a.batches = [int(b) for b in (a.batch or DEFAULT_SIZES["train" if a.train else "infer"]).split(",")]
    except ValueError:
        parser.error(f"--batch {a.batch}: not a list of numbers")
    if min([a.rounds, a.attempts, a.threads, a.size, *a.batches]) < 1 or a.size % 16:
        parser.error("rounds, attempts, threads and batches are at least 1, the size a multiple of 16")
    if not a.no_engine and not os.access(a.engine, os.X_OK):
        parser.error(f"{a.engine} is missing: swift build -c release, or --no-engine")
    return a


def environment(threads: int, cache: Path) -> dict[str, str]:
    limits = {name: str(threads) for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
    return os.environ | limits | {"TORCHINDUCTOR_CACHE_DIR": str(cache / "inductor")}


def command_of(peer: str, a: argparse.Namespace, network: str, batch: int, folder: Path, output: Path) -> list[str]:
    if peer != "engine":
        return [sys.executable, str(HERE / "worker.py"), peer, "--folder", str(folder), "--network", network, "--batch",
                str(batch), "--threads", str(a.threads), "--output", str(output)] + (["--train"] if a.train else [])
    shared = ["--model", str(folder / "weights.safetensors"), "--batch", str(batch), "--device", "cpu",
              "--threads", str(a.threads), "--paced"]
    if a.train:
        return [str(a.engine), "bench", "train", "--network", network, "--size", str(a.size), *shared]
    return [str(a.engine), "bench", "infer", "--input", str(folder / f"input-{batch}.npy"), *shared,
            "--output", str(output)]


def prepare(a: argparse.Namespace, network: str, batch: int, folder: Path, env: dict[str, str]) -> None:
    print(f"preparing {network}, batch {batch} ...", file=sys.stderr)
    log = folder.parent / f"{folder.name}-prepare.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, str(HERE / "prepare.py"), "--network", network, "--batch", str(batch),
               "--size", str(a.size), "--threads", str(a.threads), "--folder", str(folder)]
    command += ["--no-reference"] if a.train else []
    with log.open("w") as file:
        if subprocess.run(command, env=env, stdout=file, stderr=subprocess.STDOUT).returncode:
            sys.exit(f"peers.py: preparing {network} failed; see {log}")


def start_workers(a, network: str, batch: int, folder: Path, env) -> tuple[list[WorkerProcess], dict[str, str]]:
    """One after the other, so that loading and compiling of one does not disturb another's first run."""
    workers, failures = [], {}
    for peer in ([] if a.no_engine else ["engine"]) + a.peers:
        print(f"  starting {peer} ...", file=sys.stderr)
        output = folder / f"output-{peer}-{batch}.npy"
        output.unlink(missing_ok=True)
        worker = WorkerProcess(peer, command_of(peer, a, network, batch, folder, output), env, a.threads, output,
                               folder / f"worker-{peer}.log")
        try:
            worker.wait_until_ready()
            workers.append(worker)
        except WorkerFailed as failure:
            failures[peer] = str(failure)
    return workers, failures


def result_of(worker: WorkerProcess, a, network: str, batch: int, reference: numpy.ndarray | None) -> dict:
    peak, running_peak = worker.memory_kib()
    turns = [(s / batch, share) for s, share in zip(worker.seconds, worker.foreign_shares)]
    quiet = [s for s, share in turns if share <= a.disturbance]
    counted = quiet or [s for s, _ in turns]
    row = {"peer": worker.peer, "version": worker.version, "note": worker.note,
           "median_s_per_image": statistics.median(counted), "counted_s_per_image": counted, "undisturbed": len(quiet),
           "turns": [{"s_per_image": s, "foreign_share": share} for s, share in turns], "first_loss": worker.first_loss,
           "losses": worker.losses,
           "peak_kib": peak, "running_peak_kib": running_peak, "after_import_kib": worker.after_import_kib,
           "idle_cpu_s": worker.idle_cpu}
    worker.finish()
    if reference is not None:
        y = numpy.load(worker.output).astype(numpy.float64)
        row["agrees"] = y.shape == reference.shape
        if row["agrees"]:
            row["relative_l2"] = float(numpy.linalg.norm(y - reference) / numpy.linalg.norm(reference))
            row["max_abs"] = float(numpy.abs(y - reference).max())
            row["median_error"] = float(numpy.median(numpy.abs(y - reference)) / numpy.sqrt((reference**2).mean()))
            reduced = "bf16" in worker.peer
            row["agrees"] = (row["relative_l2"] <= RELATIVE_L2_LIMIT[network, reduced]  # False for NaN
                             and (reduced or row["median_error"] <= MEDIAN_LIMIT))
    return row


def measure(a, network: str, batch: int) -> dict:
    folder = a.folder / f"{network}-{a.size}"
    env = environment(a.threads, a.folder)
    prepare(a, network, batch, folder, env)
    workers, failures = start_workers(a, network, batch, folder, env)
    try:
        interleave(workers, a, failures)
        reference = None if a.train else numpy.load(folder / f"reference-{batch}.npy")
        rows = []
        for worker in workers:
            try:
                rows.append(result_of(worker, a, network, batch, reference))
            except (WorkerFailed, OSError) as failure:
                failures[worker.peer] = str(failure)
    finally:
        for worker in workers:
            worker.kill()
    return {"network": network, "batch": batch, "size": a.size, "threads": a.threads, "train": a.train,
            "rounds": a.rounds, "rows": rows, "failures": failures}


def main() -> int:
    a = parse_arguments()
    about = machine.describe()
    print(f"{about['cpu']} ({', '.join(about['extensions'])}), {about['cpus']} CPUs")
    results = []
    for network in ["unet", "segnet"] if a.network == "both" else [a.network]:
        for batch in a.batches:
            results.append(measure(a, network, batch))
            print_table(results[-1])
    if a.json:
        a.json.write_text(json.dumps({"machine": about, "results": results}, indent=1) + "\n")
    faults = [r["peer"] for result in results for r in result["rows"] if not r.get("agrees", True)]
    faults += [peer for result in results for peer in result["failures"]]
    if faults:
        print(f"peers.py: failed or disagreed: {', '.join(sorted(set(faults)))}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

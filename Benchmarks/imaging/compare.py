"""Runs ours and the peers in turns and prints a table: compare.py LAB STUDY."""
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import nibabel
import numpy

LAB, STUDY = sys.argv[1], Path(sys.argv[2])
ROUNDS, REPEATS = 3, 2
HERE = Path(__file__).parent


def synthetic():
    """512×512×148: air, a body of noise, darker lungs. Compresses about as badly as a scan."""
    x, y, _ = numpy.ogrid[-1:1:512j, -1:1:512j, 0:1:148j]
    noise = numpy.random.default_rng(1).normal(0, 20, (512, 512, 148))
    body = numpy.where((x / 0.8) ** 2 + (y / 0.6) ** 2 < 1, 40, -1000)
    lungs = numpy.where((((abs(x) - 0.35) / 0.25) ** 2 + (y / 0.4) ** 2) < 1, -850, body)
    return (lungs + noise).astype(numpy.int16)


def commands(operation, source, target):
    yield "ours", [LAB, "bench", "imaging", "--operation", operation, "--input", source, "--output", target,
                   "--repeats", str(REPEATS)]
    for peer in ("nibabel", "SimpleITK"):
        yield peer, [sys.executable, str(HERE / "worker.py"), peer, operation, source, target, str(REPEATS)]


def prepare(folder):
    """The study compressed, plain, and with its axes permuted; prints what it is."""
    if STUDY.exists():
        image = nibabel.load(STUDY)
        data, affine = numpy.asanyarray(image.dataobj), image.affine
    else:
        data, affine = synthetic(), numpy.diag([-0.75, -0.75, 2, 1])
    image = nibabel.Nifti1Image(data, affine)
    image.to_filename(f"{folder}/plain.nii")
    Path(f"{folder}/packed.nii.gz").write_bytes(STUDY.read_bytes()) if STUDY.exists() else image.to_filename(
        f"{folder}/packed.nii.gz")
    image.as_reoriented([[2, -1], [0, 1], [1, -1]]).to_filename(f"{folder}/turned.nii")


def main():
    with tempfile.TemporaryDirectory() as folder:
        # Three different names: libnifti, inside SimpleITK, takes x.nii when it is asked for x.nii.gz and both exist.
        # In a process of its own: a child's peak memory starts at its parent's.
        child = multiprocessing.Process(target=prepare, args=(folder,))
        child.start()
        child.join()
        packed, plain, turned = (f"{folder}/{name}" for name in ("packed.nii.gz", "plain.nii", "turned.nii"))
        jobs = [
            ("load .nii.gz", "load", packed, ""), ("load .nii", "load", plain, ""),
            ("load .nii, axes permuted", "load", turned, ""),
            ("write int16 .nii.gz", "write-ct", plain, f"{folder}/out.nii.gz"),
            ("write int16 .nii", "write-ct", plain, f"{folder}/out.nii"),
            ("write labels .nii.gz", "write-labels", plain, f"{folder}/labels.nii.gz"),
            ("write labels .nii", "write-labels", plain, f"{folder}/labels.nii"),
        ]
        print(f"{os.path.getsize(plain) >> 20} MiB, {os.path.getsize(packed) >> 20} MiB compressed; "
              f"median of {ROUNDS} processes in turns, best of {REPEATS} runs each")
        print(f"{'':26} {'program':10} {'s':>8} {'CPU s':>8} {'MiB peak':>9} {'MiB file':>9} {'time ×':>7} {'CPU ×':>7} {'memory ×':>8}")
        for title, operation, source, target in jobs:
            seconds, processor, peaks, sizes = {}, {}, {}, {}
            for _ in range(ROUNDS):
                for name, command in commands(operation, source, target):
                    report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
                    seconds.setdefault(name, []).append(min(report["seconds"]))
                    processor.setdefault(name, []).append(min(report["processorSeconds"]))
                    peaks.setdefault(name, []).append(report["peakResidentBytes"] / 2**20)
                    if target:
                        sizes[name] = os.path.getsize(target) / 2**20
            for name in seconds:
                time, cpu, peak = (statistics.median(table[name]) for table in (seconds, processor, peaks))
                base = [statistics.median(table["ours"]) for table in (seconds, processor, peaks)]
                size = f"{sizes[name]:9.2f}" if sizes else " " * 9
                print(f"{title if name == 'ours' else '':26} {name:10} {time:8.3f} {cpu:8.3f} {peak:9.0f} {size} "
                      f"{time / base[0]:7.2f} {cpu / base[1]:7.2f} {peak / base[2]:8.2f}", flush=True)


main()

#!/usr/bin/env python3
"""What a study takes beside what the engine alone takes for its slices.

    swift build -c release
    Benchmarks/study/budget.py STUDY.nii.gz [ROUNDS]

In turns: seconds per slice of the engine with each shipped model (`lungtriage-lab bench infer`, batches of four 256×256
images, warm) and the whole of `lungtriage analyze` (its process included). Prints medians: the engine's seconds times
the slices that each model saw, the study's wall time, their ratio, every stage's seconds, peak memory.
"""
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

build = Path(".build/release")
# Stage: plugin, and how often it sees each slice (as it is, and mirrored).
models = {"lungs": ("UNetLung", 1), "lesions:unet-multiclass": ("UNetMultiClass", 2),
          "lesions:segnet-binary": ("SegNetBinary", 2)}
batch = 4


def engine_seconds(model):
    """Median seconds per image."""
    command = [build / "lungtriage-lab", "bench", "infer", "--model", f"Plugins/{model}/model/model.safetensors",
               "--batch", str(batch), "--repeats", "5", "--json"]
    result = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return result["secondsPerImage"]


def analyze(study):
    """(summary, wall seconds, slices, slices that hold lung)"""
    with tempfile.TemporaryDirectory() as folder:
        command = [build / "lungtriage", "analyze", study, "--output", f"{folder}/out", "--progress", "none", "--json"]
        began = time.monotonic()
        result = subprocess.run(command, check=True, capture_output=True)
        wall = time.monotonic() - began
        slices = json.loads(Path(folder, "out/severity.json").read_text())["slices"]
        return json.loads(result.stdout), wall, slices["count"], slices["withLung"]


def main():
    study, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 3
    engine = {stage: [] for stage in models}
    stages, walls, peaks = {}, [], []
    for _ in range(rounds):
        for stage in models:
            engine[stage].append(engine_seconds(models[stage][0]))
        summary, wall, count, with_lung = analyze(study)
        walls.append(wall)
        peaks.append(summary["peakResidentBytes"])
        for one in summary["stages"]:
            stages.setdefault(one["stage"], []).append(one["seconds"])
    predicted = {stage: statistics.median(engine[stage]) * views * (count if stage == "lungs" else with_lung)
                 for stage, (_, views) in models.items()}
    print(f"{count} slices, {with_lung} of them with lung; medians of {rounds} rounds, seconds")
    for stage, seconds in stages.items():
        own = f"  engine {predicted[stage]:6.2f}" if stage in predicted else ""
        print(f"{stage:26} {statistics.median(seconds):6.2f}{own}")
    ratios = statistics.median(wall / sum(predicted.values()) for wall in walls)
    print(f"{'wall':26} {statistics.median(walls):6.2f}  engine {sum(predicted.values()):6.2f}  ratio {ratios:.3f}")
    print(f"peak memory {max(peaks) / 1e9:.2f} GB")


main()

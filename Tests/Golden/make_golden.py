"""Writes the golden numbers beside this file. See README.md for what each file holds."""

import json
import platform
from pathlib import Path

import numpy
import safetensors
import torch
from safetensors.torch import save_file

from golden_layers import layer_tensors
from golden_networks import adam_run, io_tensors, make_case, state_for_file
from golden_schedules import schedules
from twins import SegNet, UNet, describe

FOLDER = Path(__file__).parent
VERSIONS = {"python": platform.python_version(), "torch": torch.__version__, "numpy": numpy.__version__,
            "safetensors": safetensors.__version__}
SHAPE = (2, 1, 32, 48)


def write_tensors(name: str, tensors: dict[str, torch.Tensor], metadata: dict[str, str]) -> None:
    save_file(tensors, FOLDER / name, metadata=metadata)
    (FOLDER / name).chmod(0o644)
    print(f"{name}: {len(tensors)} tensors, {(FOLDER / name).stat().st_size} bytes")


def write_json(name: str, value: dict) -> None:
    (FOLDER / name).write_text(json.dumps({"versions": VERSIONS} | value, indent=1) + "\n")
    print(f"{name}: {(FOLDER / name).stat().st_size} bytes")


def write_network(name: str, make_network, seed: int, class_weights: list[float], dtype: torch.dtype = torch.float32,
                  gradients=lambda name: True):
    """Writes NAME.safetensors (what a user would save) and NAME.io.safetensors (what it must compute)."""
    weights = torch.tensor(class_weights)
    network, x, labels, seed = make_case(make_network, SHAPE, len(class_weights), seed, half=dtype == torch.float16)
    write_tensors(f"{name}.safetensors", state_for_file(network, dtype), describe(network) | {"seed": str(seed)})
    write_tensors(f"{name}.io.safetensors", io_tensors(network, x, labels, weights, gradients), VERSIONS)
    return network, x, labels, weights


def main() -> None:
    torch.set_num_threads(1)  # the order of sums, and so the last bit, depends on it
    write_tensors("layers.safetensors", layer_tensors(seed=1), VERSIONS | {"seed": "1"})
    unet = write_network("unet", lambda: UNet(1, 4, depth=2, base_filters=8), 100, [0.5, 1.0, 2.0, 4.0])
    write_network("unet_plain", lambda: UNet(1, 3, depth=1, base_filters=4, batch_norm=False), 200, [0.5, 1.0, 2.0])
    write_network("segnet", lambda: SegNet(1, 2, depth=1), 300, [0.5, 3.0])
    # Two stages are too large to commit in float32 and with gradients: half precision, logits and statistics only.
    write_network("segnet_half", lambda: SegNet(1, 2, depth=2), 400, [0.5, 3.0], torch.float16, lambda name: False)
    write_json("adam.json", {
        "initial_state": "unet.safetensors", "batch": "unet.io.safetensors",
        "runs": {"plain": adam_run(*unet), "l2": adam_run(*unet, weight_decay=1e-4),
                 # 1e-4 moves the losses by less than a test's tolerance; this run tells L2 from no L2.
                 "strong_l2": adam_run(*unet, weight_decay=1e-2),
                 "clipped": adam_run(*unet, clip_norm=1.0),
                 "tightly_clipped_l2": adam_run(*unet, weight_decay=1e-2, clip_norm=0.1)}})
    write_json("schedules.json", {"schedules": schedules()})


if __name__ == "__main__":
    main()

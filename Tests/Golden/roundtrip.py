"""Loads a weight file that the engine wrote into the PyTorch twin and compares the logits.

    python roundtrip.py unet|segnet FILE.safetensors INPUT.npy EXPECTED.npy [--atol A] [--rtol R]

INPUT is N x H x W or N x C x H x W float32, EXPECTED the engine's logits, N x classes x H x W. The network's size is read
from the tensors' shapes, not from the header. Exit status: 0 agreement, 1 disagreement, 2 a file that does not fit.
"""

import argparse
import sys

import numpy
import torch
from safetensors.torch import load_file
from torch import nn

from twins import SegNet, UNet


def twin_for(kind: str, state: dict[str, torch.Tensor]) -> nn.Module:
    def count(prefix: str) -> int:
        return len({name.split(".")[1] for name in state if name.startswith(prefix + ".")})

    if kind == "unet":
        base, classes = state["head.weight"].shape[1], state["head.weight"].shape[0]
        return UNet(state["encoder.0.conv1.weight"].shape[1], classes, depth=count("upconv"), base_filters=base,
                    batch_norm="encoder.0.norm1.weight" in state)
    return SegNet(state["encoder.0.0.conv.weight"].shape[1], state["classifier.weight"].shape[0], count("encoder"))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["unet", "segnet"])
    parser.add_argument("file")
    parser.add_argument("input")
    parser.add_argument("expected")
    # The default path's convolutions are Winograd's: about 1e-6 relative per layer, some tens of layers deep.
    parser.add_argument("--atol", type=float, default=1e-4)
    parser.add_argument("--rtol", type=float, default=1e-4)
    arguments = parser.parse_args()
    try:
        state = load_file(arguments.file)
        network = twin_for(arguments.kind, state).double().eval()
        network.load_state_dict(state, strict=True)
        x = torch.from_numpy(numpy.load(arguments.input)).double()
        expected = torch.from_numpy(numpy.load(arguments.expected)).double()
        with torch.no_grad():
            logits = network(x[:, None] if x.ndim == 3 else x)
    except Exception as error:  # a script for tests: every failure is one line and a status
        print(f"{arguments.file}: {error}", file=sys.stderr)
        return 2
    if logits.shape != expected.shape:
        print(f"shape {tuple(expected.shape)}, PyTorch has {tuple(logits.shape)}", file=sys.stderr)
        return 1
    difference = (logits - expected).abs()
    agree = bool((difference <= arguments.atol + arguments.rtol * logits.abs()).all())  # False if anything is NaN
    print(f"{'agree' if agree else 'DIFFER'}: largest difference {difference.max():.3e}, "
          f"relative L2 {(logits - expected).norm() / logits.norm():.3e}, atol {arguments.atol}, rtol {arguments.rtol}")
    return 0 if agree else 1


if __name__ == "__main__":
    sys.exit(main())

"""Makes what all peers share: weights, images, the float64 reference, and the exported models.

Run by peers.py in a process of its own. Files that are already there and were made by this same script are kept.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path

import numpy
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Tests" / "Golden"))
import ncnn_export  # noqa: E402
import portable  # noqa: E402
from twins import SegNet, UNet, describe  # noqa: E402

SEED = 2024
NETWORKS = {"unet": lambda: UNet(1, 4, depth=4, base_filters=64), "segnet": lambda: SegNet(1, 2, depth=3)}


def images(count: int, size: int) -> torch.Tensor:
    """Smooth structure with some noise, N x 1 x size x size, about zero mean and unit spread."""
    random = torch.Generator().manual_seed(SEED)
    coarse = torch.randn(count, 1, 16, 16, generator=random)
    smooth = F.interpolate(coarse, (size, size), mode="bicubic")
    return smooth + 0.2 * torch.randn(count, 1, size, size, generator=random)


def sane_network(name: str, size: int) -> nn.Module:
    """Random weights, and running statistics measured on images, so that activations keep their scale at every depth."""
    random = torch.Generator().manual_seed(SEED)
    network = NETWORKS[name]()
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
                fan_in = module.in_channels if isinstance(module, nn.ConvTranspose2d) else module.weight[0].numel()
                module.weight.copy_(torch.randn(module.weight.shape, generator=random) * (2 / fan_in) ** 0.5)
            if isinstance(module, nn.BatchNorm2d):
                module.weight.copy_(0.8 + 0.4 * torch.rand(module.weight.shape, generator=random))
                module.momentum = None  # the plain mean over all batches seen
            if getattr(module, "bias", None) is not None:
                module.bias.copy_(0.1 * torch.randn(module.bias.shape, generator=random))
        network.train()
        for image in images(2, size):
            network(image[None])
    return network.eval()


def reference(network: nn.Module, x: torch.Tensor) -> numpy.ndarray:
    """Logits in float64, one image at a time to bound the memory."""
    network = network.double()
    with torch.inference_mode():
        logits = [network(image[None].double()) for image in x]
    network.float()
    return torch.cat(logits).numpy()


def export_onnx(network: nn.Module, x: torch.Tensor, path: Path) -> None:
    if isinstance(network, SegNet):
        same = portable.PortableSegNet(1, network.classifier.out_channels, len(network.encoder)).eval()
        same.load_state_dict(network.state_dict())
        network = same
    torch.onnx.export(network, (x,), str(path), input_names=["x"], output_names=["y"], dynamo=True,
                      external_data=False, verbose=False)


def fingerprint() -> str:
    sources = [Path(__file__), Path(ncnn_export.__file__), Path(portable.__file__), Path(sys.modules["twins"].__file__)]
    return hashlib.sha256(b"".join(s.read_bytes() for s in sources) + torch.__version__.encode()).hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--network", choices=list(NETWORKS), required=True)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--no-reference", action="store_true", help="for training: no float64 logits, no exports")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    folder, batch = arguments.folder, arguments.batch
    folder.mkdir(parents=True, exist_ok=True)
    stamp = folder / "made-by.json"
    made_by = json.dumps({"fingerprint": fingerprint(), "network": arguments.network, "size": arguments.size})
    if not stamp.exists() or stamp.read_text() != made_by:
        for old in folder.iterdir():
            old.unlink()
    network = sane_network(arguments.network, arguments.size)
    x = images(8 if batch <= 8 else batch, arguments.size)[:batch]

    def make(name: str, write) -> None:
        if not (folder / name).exists():
            partial = folder / f"partial-{name}"
            write(partial)
            partial.rename(folder / name)

    make("weights.safetensors", lambda p: save_file(
        {k: v.contiguous() for k, v in network.state_dict().items()}, p, describe(network) | {"seed": str(SEED)}))
    make(f"input-{batch}.npy", lambda p: save_array(p, x.numpy()))
    if not arguments.no_reference:
        make(f"reference-{batch}.npy", lambda p: save_array(p, reference(network, x)))
        make(f"model-{batch}.onnx", lambda p: export_onnx(network, x, p))
        if not (folder / "model.bin").exists():
            ncnn_export.export(network, folder / "model.param", folder / "model.bin")
    stamp.write_text(made_by)


def save_array(path: Path, array: numpy.ndarray) -> None:
    with path.open("wb") as file:
        numpy.save(file, array)


if __name__ == "__main__":
    main()

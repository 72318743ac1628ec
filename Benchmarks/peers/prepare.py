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
from safetensors.torch import save_file
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Tests" / "Golden"))
import ncnn_export  # noqa: E402
import networks  # noqa: E402
import portable  # noqa: E402
from networks import NETWORKS, SEED, images, reference, sane_network  # noqa: E402
from twins import SegNet, describe  # noqa: E402


def export_onnx(network: nn.Module, x: torch.Tensor, path: Path) -> None:
    if isinstance(network, SegNet):
        same = portable.PortableSegNet(1, network.classifier.out_channels, len(network.encoder)).eval()
        same.load_state_dict(network.state_dict())
        network = same
    torch.onnx.export(network, (x,), str(path), input_names=["x"], output_names=["y"], dynamo=True,
                      external_data=False, verbose=False)


def fingerprint() -> str:
    sources = [Path(__file__), Path(ncnn_export.__file__), Path(portable.__file__), Path(networks.__file__),
               Path(sys.modules["twins"].__file__)]
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

"""Writes input_gradients.safetensors: how the golden networks' outputs change with their input, by PyTorch in float64.

The networks are the committed ones in evaluation mode. For each: ``NAME.input`` N×C×H×W, ``NAME.output_gradient``
N×classes×H×W (random: every channel and pixel counts), and ``NAME.gradient``, the input's.
"""

from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from golden_networks import KINK_MARGIN, layers_before_relu, pooling_margin
from make_golden import VERSIONS
from twins import SegNet, UNet

FOLDER = Path(__file__).parent
NETWORKS = {"unet": lambda: UNet(1, 4, depth=2, base_filters=8),
            "unet_plain": lambda: UNet(1, 3, depth=1, base_filters=4, batch_norm=False),
            "segnet": lambda: SegNet(1, 2, depth=1)}


def relu_margin(network: torch.nn.Module, x: torch.Tensor) -> float:
    """The smallest distance from zero of the values before a ReLU."""
    margins = []
    hooks = [m.register_forward_hook(lambda _, __, y: margins.append(y.abs().min().item()))
             for m in layers_before_relu(network)]
    with torch.no_grad():
        network(x)
    for hook in hooks:
        hook.remove()
    return min(margins)


def input_gradient(name: str) -> dict[str, torch.Tensor]:
    network = NETWORKS[name]()
    network.load_state_dict(load_file(FOLDER / f"{name}.safetensors"))
    network.double().eval()
    for seed in range(100):
        random = torch.Generator().manual_seed(seed)
        x = torch.randn((2, 1, 12, 20), generator=random).double()
        margin = min(relu_margin(network, x), pooling_margin(network, x))
        if margin > KINK_MARGIN / 4:
            break
    else:
        raise RuntimeError("no seed leaves the kinks clear")
    x.requires_grad_()
    logits = network(x)
    above = torch.randn(logits.shape, generator=random).double()
    gradient, = torch.autograd.grad(logits, x, above)
    print(f"{name}: seed {seed}, margin {margin:.1e}, largest gradient {gradient.abs().max():.3f}")
    return {f"{name}.input": x, f"{name}.output_gradient": above, f"{name}.gradient": gradient}


def main() -> None:
    torch.set_num_threads(1)
    tensors: dict[str, torch.Tensor] = {}
    for name in NETWORKS:
        tensors |= {k: v.detach().float().contiguous() for k, v in input_gradient(name).items()}
    path = FOLDER / "input_gradients.safetensors"
    save_file(tensors, path, metadata=VERSIONS)
    path.chmod(0o644)
    print(f"{path.name}: {len(tensors)} tensors, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()

"""The networks that are compared, with weights that keep activations at scale, pictures, and what the logits should be."""

import sys
from pathlib import Path

import numpy
import torch
import torch.nn.functional as F
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Tests" / "Golden"))
from twins import SegNet, UNet  # noqa: E402

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


def reference(network: nn.Module, x: torch.Tensor, device: str = "cpu") -> numpy.ndarray:
    """Logits in float64, one image at a time to bound the memory. The network is left in float32 on the CPU."""
    network = network.to(device).double()
    with torch.inference_mode():
        logits = [network(image[None].to(device).double()).cpu() for image in x]
    network.float().cpu()
    return torch.cat(logits).numpy()

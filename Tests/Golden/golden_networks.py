"""Golden numbers of whole networks and of the optimiser, by the PyTorch twins in float64."""

import copy

import torch
import torch.nn.functional as F
from torch import nn

from golden_layers import IGNORE

#: How far from zero every value before a ReLU, and every second-largest value of a pooling window from the largest,
#: is kept. Around these kinks the derivative jumps: an engine that rounds differently would land on the other side,
#: and be wrong by a whole term without having a fault. The margin is some fifty float32 roundings of these values.
KINK_MARGIN = 2e-5


def randomise(network: nn.Module, random: torch.Generator) -> None:
    """He-scaled weights, and norms, biases and running statistics that differ from their defaults."""
    def normal(t: torch.Tensor, scale: float) -> torch.Tensor:
        return torch.randn(t.shape, generator=random) * scale

    def uniform(t: torch.Tensor, low: float, high: float) -> torch.Tensor:
        return low + (high - low) * torch.rand(t.shape, generator=random)

    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, nn.Conv2d):
                module.weight.copy_(normal(module.weight, (2 / module.weight[0].numel()) ** 0.5))
            elif isinstance(module, nn.ConvTranspose2d):
                module.weight.copy_(normal(module.weight, module.in_channels**-0.5))
            elif isinstance(module, nn.BatchNorm2d):
                module.weight.copy_(uniform(module.weight, 0.7, 1.3))
                module.running_mean.copy_(normal(module.running_mean, 0.2))
                module.running_var.copy_(uniform(module.running_var, 0.5, 1.5))
                module.num_batches_tracked.fill_(7)
            if getattr(module, "bias", None) is not None:
                module.bias.copy_(normal(module.bias, 0.2))


def layers_before_relu(network: nn.Module) -> list[nn.Module]:
    norms = [m for m in network.modules() if isinstance(m, nn.BatchNorm2d)]
    return norms or [m for m in network.modules() if isinstance(m, nn.Conv2d) and m.kernel_size == (3, 3)]


def clear_relu_kinks(network: nn.Module, x: torch.Tensor) -> float:
    """Shifts every channel's bias a little, so that no training-mode value before a ReLU lies near zero.

    Returns the smallest distance left. ``network`` must be float64 and in training mode.
    """
    distances = []

    def shift(module: nn.Module, _, y: torch.Tensor) -> torch.Tensor:
        by_channel = y.detach().movedim(1, 0).flatten(1)
        moves = []
        for values in by_channel:
            near = values[values.abs() < 0.05].sort().values
            near = torch.cat([near.new_tensor([-0.05]), near, near.new_tensor([0.05])])
            gaps, centres = near.diff(), (near[1:] + near[:-1]) / 2
            wide = gaps > 10 * KINK_MARGIN
            candidates = centres[wide] if wide.any() else centres[gaps.argmax()][None]
            moves.append(-candidates[candidates.abs().argmin()])
        with torch.no_grad():
            bias = (module.bias + torch.stack(moves)).float().double()
            moved = bias - module.bias
            module.bias.copy_(bias)
        y = y + moved[None, :, None, None]
        distances.append(y.detach().abs().min().item())
        return y

    hooks = [m.register_forward_hook(shift) for m in layers_before_relu(network)]
    with torch.no_grad():
        network(x)
    for hook in hooks:
        hook.remove()
    return min(distances)


def pooling_margin(network: nn.Module, x: torch.Tensor) -> float:
    """The smallest difference between a pooling window's largest and second-largest value, exact ties at 0 aside."""
    margins = []

    def measure(_, inputs: tuple[torch.Tensor]) -> None:
        windows = F.unfold(inputs[0].flatten(0, 1)[:, None], 2, stride=2)
        top = windows.topk(2, dim=1).values
        difference = (top[:, 0] - top[:, 1])[top[:, 0] > 0]
        margins.append(difference.min().item())

    hook = network.pool.register_forward_pre_hook(measure)
    with torch.no_grad():
        network(x)
    hook.remove()
    return min(margins)


def half_precision_weights(network: nn.Module) -> None:
    with torch.no_grad():
        for tensor in network.state_dict().values():
            if tensor.is_floating_point():
                tensor.copy_(tensor.half())


def make_case(make_network, shape: tuple[int, ...], classes: int, seed: int, half: bool = False):
    """A randomised float64 network, an input and labels, with clear kinks, and the seed: the first from ``seed`` on.

    With ``half`` the values are half-precision numbers, the biases stay as drawn and only pooling is checked.
    """
    for attempt in range(seed, seed + 50):
        random = torch.Generator().manual_seed(attempt)
        network = make_network()
        randomise(network, random)
        if half:
            half_precision_weights(network)
        network.double().train()
        x = torch.randn(shape, generator=random).double()
        labels = torch.randint(0, classes, (shape[0], *shape[2:]), generator=random)
        labels[torch.rand(labels.shape, generator=random) < 0.1] = IGNORE
        before = copy.deepcopy(network.state_dict())
        relu = float("inf") if half else clear_relu_kinks(network, x)
        pool_train = pooling_margin(network, x)
        # The two forwards above have moved the running statistics: put them back, keep the shifted biases.
        network.load_state_dict({k: before[k] if "running" in k or "tracked" in k else v
                                 for k, v in network.state_dict().items()})
        pool_eval = pooling_margin(network.eval(), x)
        if min(relu, pool_train, pool_eval) > KINK_MARGIN:
            print(f"  seed {attempt}: ReLU margin {relu:.1e}, pooling margin {min(pool_train, pool_eval):.1e}")
            return network, x, labels, attempt
    raise RuntimeError("no seed leaves the kinks clear")


def state_for_file(network: nn.Module, dtype: torch.dtype = torch.float32) -> dict[str, torch.Tensor]:
    return {k: (v.to(dtype) if v.is_floating_point() else v).detach().clone().contiguous()
            for k, v in network.state_dict().items()}


def check_against_float32(network: nn.Module, x: torch.Tensor, expected: torch.Tensor) -> None:
    """The oracle must itself be reachable: PyTorch in float32 agrees with it."""
    with torch.no_grad():
        logits = copy.deepcopy(network).float()(x.float())
    error = (logits.double() - expected).norm() / expected.norm()
    mode = "training" if network.training else "inference"
    print(f"  {mode} logits: PyTorch float32 differs by {error:.1e} (relative L2)")
    assert error < 1e-5, error


def io_tensors(network: nn.Module, x: torch.Tensor, labels: torch.Tensor, class_weights: torch.Tensor,
               gradients=lambda name: True) -> dict[str, torch.Tensor]:
    """Inference and training-mode logits, weighted cross-entropy, parameter gradients, running statistics after."""
    network = copy.deepcopy(network).eval()
    with torch.no_grad():
        logits = network(x)
    check_against_float32(network, x, logits)
    out = {"input": x, "labels": labels.to(torch.uint8), "class_weights": class_weights, "logits.eval": logits}
    network.train()
    check_against_float32(network, x, copy.deepcopy(network)(x).detach())
    logits = network(x)
    loss = F.cross_entropy(logits, labels, weight=class_weights.double(), ignore_index=IGNORE)
    loss.backward()
    out |= {"logits.train": logits, "loss": loss.reshape(1)}
    out |= {f"grad.{name}": p.grad for name, p in network.named_parameters() if gradients(name)}
    out |= {f"after.{name}": b for name, b in network.named_buffers() if "running" in name}
    return {k: (v.float() if v.is_floating_point() else v).detach().clone().contiguous() for k, v in out.items()}


def adam_run(network: nn.Module, x: torch.Tensor, labels: torch.Tensor, class_weights: torch.Tensor, steps: int = 10,
             learning_rate: float = 1e-3, weight_decay: float = 0.0, clip_norm: float | None = None) -> dict:
    """``steps`` of Adam (Kingma & Ba 2015) on one fixed batch. ``weight_decay`` is the coupled L2 of torch.optim.Adam.

    A loss is the one before its step. ``gradient_norms`` are the global norms before clipping. Final norms are L2 norms
    of every parameter and running statistic after the last step.
    """
    network = copy.deepcopy(network).train()
    optimiser = torch.optim.Adam(network.parameters(), lr=learning_rate, betas=(0.9, 0.999), eps=1e-8,
                                 weight_decay=weight_decay)
    losses, norms = [], []
    for _ in range(steps):
        optimiser.zero_grad()
        loss = F.cross_entropy(network(x), labels, weight=class_weights.double(), ignore_index=IGNORE)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(network.parameters(), clip_norm if clip_norm else float("inf"))
        optimiser.step()
        losses.append(loss.item())
        norms.append(norm.item())
    final = {k: v.norm().item() for k, v in network.state_dict().items() if v.is_floating_point()}
    return {"learning_rate": learning_rate, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8,
            "weight_decay": weight_decay, "clip_norm": clip_norm, "losses": losses, "gradient_norms": norms,
            "final_norms": final}

"""Golden numbers of single layers and losses, forward and backward, by PyTorch in float64.

Inputs, weights and upstream gradients are drawn in float32 and widened, so that a float32 engine reads exactly what
the oracle read; results are rounded to float32 once, at the end.
"""

import torch
import torch.nn.functional as F

DICE_EPSILON = 1e-5
IGNORE = 255


class Cases:
    """Collects tensors under ``<case>.<name>`` and draws the random ones."""

    def __init__(self, seed: int):
        self.random = torch.Generator().manual_seed(seed)
        self.tensors: dict[str, torch.Tensor] = {}

    def normal(self, *shape: int, scale: float = 1.0, grad: bool = True) -> torch.Tensor:
        drawn = torch.randn(*shape, generator=self.random, dtype=torch.float32) * scale
        return drawn.double().requires_grad_(grad)

    def uniform(self, *shape: int, low: float, high: float, grad: bool = True) -> torch.Tensor:
        drawn = low + (high - low) * torch.rand(*shape, generator=self.random, dtype=torch.float32)
        return drawn.double().requires_grad_(grad)

    def store(self, case: str, **named: torch.Tensor) -> None:
        for name, tensor in named.items():
            value = tensor.detach()
            value = value.float() if value.is_floating_point() else value
            self.tensors[f"{case}.{name}"] = value.reshape(value.shape or (1,)).clone().contiguous()

    def backward(self, case: str, y: torch.Tensor, **inputs: torch.Tensor) -> None:
        """Draws the upstream gradient, differentiates y, stores y, gy, every input and its gradient ``g<input>``."""
        gy = self.normal(*y.shape, grad=False)
        y.backward(gy)
        self.store(case, y=y, gy=gy, **inputs)
        self.store(case, **{f"g{name}": tensor.grad for name, tensor in inputs.items()})


def convolutions(c: Cases) -> None:
    for name, kernel, n, inputs, outputs, height, width in [
            ("conv3x3_1_5", 3, 2, 1, 5, 7, 9),
            ("conv3x3_one_pixel", 3, 1, 3, 8, 1, 1),
            ("conv3x3_13_17", 3, 1, 13, 17, 12, 11),
            ("conv3x3_16_32", 3, 2, 16, 32, 24, 20),
            ("conv1x1_7_4", 1, 3, 7, 4, 5, 6)]:
        x = c.normal(n, inputs, height, width)
        weight = c.normal(outputs, inputs, kernel, kernel, scale=(2 / (inputs * kernel**2)) ** 0.5)
        bias = c.normal(outputs)
        c.backward(name, F.conv2d(x, weight, bias, padding=kernel // 2), x=x, weight=weight, bias=bias)
    for name, n, inputs, outputs, height, width in [
            ("upconv_6_5", 2, 6, 5, 3, 4), ("upconv_16_8", 1, 16, 8, 8, 8)]:
        x = c.normal(n, inputs, height, width)
        weight = c.normal(inputs, outputs, 2, 2, scale=inputs**-0.5)
        bias = c.normal(outputs)
        c.backward(name, F.conv_transpose2d(x, weight, bias, stride=2), x=x, weight=weight, bias=bias)


def batch_norms(c: Cases) -> None:
    for name, n, channels, height, width in [("norm_train_5", 2, 5, 7, 6), ("norm_train_19", 3, 19, 4, 3)]:
        # A mean far from zero beside a small spread: the case in which a one-pass variance loses its digits.
        centre = c.normal(1, channels, 1, 1, scale=3.0, grad=False)
        spread = c.uniform(1, channels, 1, 1, low=0.2, high=2.0, grad=False)
        x = (centre + spread * c.normal(n, channels, height, width, grad=False)).float().double().requires_grad_()
        weight, bias = c.uniform(channels, low=0.5, high=1.5), c.normal(channels)
        mean, var = c.normal(channels, grad=False), c.uniform(channels, low=0.5, high=2.0, grad=False)
        c.store(name, running_mean_before=mean, running_var_before=var)
        y = F.batch_norm(x, mean, var, weight, bias, training=True, momentum=0.1, eps=1e-5)
        c.store(name, running_mean_after=mean, running_var_after=var)
        c.backward(name, y, x=x, weight=weight, bias=bias)
    x, weight, bias = c.normal(2, 5, 7, 6), c.uniform(5, low=0.5, high=1.5), c.normal(5)
    mean, var = c.normal(5, grad=False), c.uniform(5, low=0.01, high=2.0, grad=False)
    y = F.batch_norm(x, mean, var, weight, bias, training=False, eps=1e-5)
    c.store("norm_inference", x=x, weight=weight, bias=bias, running_mean=mean, running_var=var, y=y)


def pointwise_and_pooling(c: Cases) -> None:
    x = c.normal(2, 5, 3, 7)
    with torch.no_grad():
        x[0, 0, 0, :3] = torch.tensor([0.0, -0.0, 1e-30])  # the derivative at zero is zero
    c.backward("relu", torch.relu(x), x=x)

    x = c.normal(2, 3, 6, 10)
    y, indices = F.max_pool2d(x, 2, return_indices=True)
    c.store("maxpool", indices=indices)
    c.backward("maxpool", y, x=x)
    # Rounded to few values: many windows hold their maximum twice or more; the first in row-major order wins.
    x = (c.normal(2, 9, 8, 4, grad=False) * 1.5).round().requires_grad_()
    y, indices = F.max_pool2d(x, 2, return_indices=True)
    c.store("maxpool_ties", indices=indices)
    c.backward("maxpool_ties", y, x=x)

    _, indices = F.max_pool2d(c.normal(2, 5, 6, 8, grad=False), 2, return_indices=True)
    x = c.normal(2, 5, 3, 4)
    c.store("maxunpool", indices=indices)
    c.backward("maxunpool", F.max_unpool2d(x, indices, 2), x=x)

    x = c.normal(2, 5, 3, 4, scale=3.0)
    c.backward("softmax", torch.softmax(x, dim=1), x=x)
    a, b = c.normal(2, 3, 4, 5), c.normal(2, 6, 4, 5)
    c.backward("concat", torch.cat([a, b], dim=1), a=a, b=b)


def soft_dice_loss(logits: torch.Tensor, labels: torch.Tensor, ignore: int = IGNORE) -> torch.Tensor:
    """1 - mean over classes of (2 sum(p g) + e) / (sum p + sum g + e); the sums run over the whole batch.

    ``logits`` N x C x H x W, ``labels`` N x H x W; p is the softmax, g one-hot, e is 1e-5 (Milletari et al. 2016 without
    the squares; Sudre et al. 2017). Pixels labelled ``ignore`` are left out of all three sums.
    """
    counted = labels != ignore
    p = torch.softmax(logits, dim=1) * counted[:, None]
    one_hot = F.one_hot(torch.where(counted, labels, 0).long(), logits.shape[1]).movedim(-1, 1)
    g = one_hot.to(logits.dtype) * counted[:, None]
    overlap = (p * g).sum(dim=(0, 2, 3))
    dice = (2 * overlap + DICE_EPSILON) / (p.sum(dim=(0, 2, 3)) + g.sum(dim=(0, 2, 3)) + DICE_EPSILON)
    return 1 - dice.mean()


def losses(c: Cases) -> None:
    def labels(n: int, height: int, width: int, classes: int, ignored: float) -> torch.Tensor:
        drawn = torch.randint(0, classes, (n, height, width), generator=c.random)
        drawn[torch.rand(n, height, width, generator=c.random) < ignored] = IGNORE
        return drawn

    weights4 = torch.tensor([0.25, 1.0, 2.0, 5.5])
    for name, n, classes, height, width, present, ignored, weights in [
            ("plain", 2, 4, 5, 7, 4, 0.0, None),
            ("weighted_ignore", 2, 4, 5, 7, 4, 0.3, weights4),
            ("absent_class", 1, 4, 6, 4, 3, 0.2, weights4),
            ("two_classes", 3, 2, 3, 3, 2, 0.2, torch.tensor([0.5, 3.0]))]:
        target = labels(n, height, width, present, ignored)
        logits = c.normal(n, classes, height, width, scale=2.0)
        weight = None if weights is None else weights.double()
        entropy = F.cross_entropy(logits, target, weight=weight, ignore_index=IGNORE)
        dice = soft_dice_loss(logits, target)
        for loss_name, loss in [("cross_entropy", entropy), ("dice", dice), ("cross_entropy_dice", entropy + dice)]:
            gradient, = torch.autograd.grad(loss, logits, retain_graph=True)
            case = f"{loss_name}_{name}"
            c.store(case, logits=logits, labels=target.to(torch.uint8), loss=loss, glogits=gradient)
            if weights is not None and loss_name != "dice":
                c.store(case, weights=weights)


def layer_tensors(seed: int) -> dict[str, torch.Tensor]:
    """Every layer and loss case; PyTorch layouts (N x C x H x W, O x I x kH x kW, transposed I x O x kH x kW)."""
    c = Cases(seed)
    convolutions(c)
    batch_norms(c)
    pointwise_and_pooling(c)
    losses(c)
    return c.tensors

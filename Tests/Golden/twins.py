"""PyTorch twins of the engine's two networks.

A twin has the same structure, the same parameter names and the same tensor layouts as the engine's network, so
that ``state_dict()`` of one is the weight file of the other. All tensors are N x C x H x W; outputs are logits.
"""

import torch
from torch import nn

#: Output widths of VGG16's convolutions, stage by stage (Simonyan & Zisserman 2014, configuration D).
VGG16_STAGES = [[64, 64], [128, 128], [256, 256, 256], [512, 512, 512], [512, 512, 512]]


def conv3x3(inputs: int, outputs: int, bias: bool) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, kernel_size=3, padding=1, bias=bias)


class DoubleConv(nn.Module):
    """conv3x3 -> [batch norm] -> ReLU, twice. The bias is left out where a batch norm follows."""

    def __init__(self, inputs: int, outputs: int, batch_norm: bool):
        super().__init__()
        self.conv1 = conv3x3(inputs, outputs, bias=not batch_norm)
        self.conv2 = conv3x3(outputs, outputs, bias=not batch_norm)
        if batch_norm:
            self.norm1 = nn.BatchNorm2d(outputs)
            self.norm2 = nn.BatchNorm2d(outputs)
        self.batch_norm = batch_norm

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.conv1(x)
        x = torch.relu(self.norm1(x) if self.batch_norm else x)
        x = self.conv2(x)
        return torch.relu(self.norm2(x) if self.batch_norm else x)


class UNet(nn.Module):
    """U-Net (Ronneberger, Fischer & Brox 2015) with same padding and transposed convolutions.

    Index i of ``encoder``, ``upconv`` and ``decoder`` is the resolution level: 0 is full size, and the decoder runs
    from depth-1 down to 0. Height and width must be divisible by 2**depth.
    """

    def __init__(self, in_channels: int, classes: int, depth: int = 4, base_filters: int = 64,
                 batch_norm: bool = True, dropout: float = 0.0):
        super().__init__()
        width = [base_filters * 2**i for i in range(depth + 1)]
        self.encoder = nn.ModuleList(
            DoubleConv(in_channels if i == 0 else width[i - 1], width[i], batch_norm) for i in range(depth))
        self.bottleneck = DoubleConv(width[depth - 1], width[depth], batch_norm)
        self.upconv = nn.ModuleList(
            nn.ConvTranspose2d(width[i + 1], width[i], kernel_size=2, stride=2) for i in range(depth))
        self.decoder = nn.ModuleList(DoubleConv(2 * width[i], width[i], batch_norm) for i in range(depth))
        self.head = nn.Conv2d(base_filters, classes, kernel_size=1)
        self.pool = nn.MaxPool2d(2)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        skips = []
        for i, block in enumerate(self.encoder):
            x = block(x)
            if i == len(self.encoder) - 1:
                x = self.dropout(x)
            skips.append(x)
            x = self.pool(x)
        x = self.dropout(self.bottleneck(x))
        for i in reversed(range(len(skips))):
            x = torch.cat([skips[i], self.upconv[i](x)], dim=1)
            x = self.decoder[i](x)
        return self.head(x)


class ConvNormReLU(nn.Module):
    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.conv = conv3x3(inputs, outputs, bias=True)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.norm(self.conv(x)))


class SegNet(nn.Module):
    """SegNet (Badrinarayanan, Kendall & Cipolla 2017) on VGG16's first ``depth`` stages.

    ``decoder[s]`` mirrors ``encoder[s]`` and runs from depth-1 down to 0: it unpools with stage s's pooling indices,
    then convolves as often as the encoder stage; its last convolution has the width of stage s-1. In ``decoder[0]``
    that last convolution is ``classifier``, without norm and ReLU. Sizes must be divisible by 2**depth.
    """

    def __init__(self, in_channels: int, classes: int, depth: int = 3):
        super().__init__()
        stages = VGG16_STAGES[:depth]
        self.encoder = nn.ModuleList()
        self.decoder = nn.ModuleList()
        for s, widths in enumerate(stages):
            above = stages[s - 1][-1] if s > 0 else in_channels
            self.encoder.append(nn.ModuleList(
                ConvNormReLU(a, b) for a, b in zip([above] + widths, widths)))
            outputs = widths[:-1] + ([above] if s > 0 else [])
            self.decoder.append(nn.ModuleList(
                ConvNormReLU(a, b) for a, b in zip([widths[-1]] + outputs, outputs)))
        self.classifier = conv3x3(stages[0][-1], classes, bias=True)
        self.pool = nn.MaxPool2d(2, return_indices=True)
        self.unpool = nn.MaxUnpool2d(2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        indices = []
        for stage in self.encoder:
            for layer in stage:
                x = layer(x)
            x, where = self.pool(x)
            indices.append(where)
        for s in reversed(range(len(indices))):
            x = self.unpool(x, indices[s])
            for layer in self.decoder[s]:
                x = layer(x)
        return self.classifier(x)


def describe(network: nn.Module) -> dict[str, str]:
    """What to write into the safetensors header so that a reader can build the network from the file alone."""
    if isinstance(network, UNet):
        first = network.encoder[0].conv1
        return {"architecture": "unet", "in_channels": str(first.in_channels), "classes": str(network.head.out_channels),
                "depth": str(len(network.encoder)), "base_filters": str(first.out_channels),
                "batch_norm": "true" if network.encoder[0].batch_norm else "false",
                "dropout": str(network.dropout.p)}
    return {"architecture": "segnet", "in_channels": str(network.encoder[0][0].conv.in_channels),
            "classes": str(network.classifier.out_channels), "depth": str(len(network.encoder))}


def build(metadata: dict[str, str]) -> nn.Module:
    """The network that ``describe`` described. Raises ValueError for an architecture that is not one of the two."""
    number = lambda key: int(metadata[key])
    if metadata["architecture"] == "unet":
        return UNet(number("in_channels"), number("classes"), number("depth"), number("base_filters"),
                    metadata["batch_norm"] == "true", float(metadata.get("dropout", "0")))
    if metadata["architecture"] == "segnet":
        return SegNet(number("in_channels"), number("classes"), number("depth"))
    raise ValueError(f"unknown architecture {metadata['architecture']!r}")

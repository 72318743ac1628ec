"""Writes the two networks as ncnn's .param and .bin: batch norms folded into the convolutions, ReLU fused.

ncnn has no unpooling layer and no pooling with indices that it could use. SegNet's are therefore built from ncnn's own
elementwise layers (``pool_with_masks``), which costs ncnn some time that it would not need with a layer of its own.
"""

from pathlib import Path

import torch
from torch import nn

from twins import SegNet, UNet

ADD, SUBTRACT, MULTIPLY, REVERSE_SUBTRACT = 0, 1, 2, 7


def folded(conv: nn.Conv2d, norm: nn.BatchNorm2d | None) -> tuple[torch.Tensor, torch.Tensor]:
    weight = conv.weight.detach().double()
    bias = conv.bias.detach().double() if conv.bias is not None else weight.new_zeros(weight.shape[0])
    if norm is not None:
        scale = norm.weight.detach().double() / (norm.running_var.double() + norm.eps).sqrt()
        weight = weight * scale[:, None, None, None]
        bias = (bias - norm.running_mean.double()) * scale + norm.bias.detach().double()
    return weight, bias


class Graph:
    """An ncnn graph under construction. A blob is a name; blobs with several readers get a Split layer at the end."""

    def __init__(self):
        self.layers: list[tuple[str, list[str], list[str], str]] = []
        self.weights: list[bytes] = []
        self.blobs = 0

    def blob(self) -> str:
        self.blobs += 1
        return f"b{self.blobs}"

    def add(self, kind: str, inputs: list[str], parameters: str = "", outputs: int = 1) -> str | list[str]:
        made = [self.blob() for _ in range(outputs)]
        self.layers.append((kind, inputs, made, parameters))
        return made[0] if outputs == 1 else made

    def binary(self, operation: int, a: str, b: str) -> str:
        return self.add("BinaryOp", [a, b], f"0={operation}")

    def convolution(self, x: str, conv: nn.Module, norm: nn.Module | None = None, relu: bool = False) -> str:
        if isinstance(conv, nn.ConvTranspose2d):
            kind, extra = "Deconvolution", f"3={conv.stride[0]}"
            weight, bias = conv.weight.detach().transpose(0, 1), conv.bias.detach()  # ncnn: O x I x kH x kW here too
        else:
            kind, extra = "Convolution", f"4={conv.padding[0]}"
            weight, bias = folded(conv, norm)
        float32_tag = b"\0\0\0\0"
        self.weights += [float32_tag, weight.float().contiguous().numpy().tobytes(), bias.float().numpy().tobytes()]
        return self.add(kind, [x], f"0={conv.out_channels} 1={conv.kernel_size[0]} {extra} 5=1 6={weight.numel()}"
                        + (" 9=1" if relu else ""))

    def write(self, output: str, param: Path, binary: Path) -> None:
        readers: dict[str, int] = {}
        for _, inputs, _, _ in self.layers:
            for name in inputs:
                readers[name] = readers.get(name, 0) + 1
        copies = {name: [f"{name}_{i}" for i in range(count)] for name, count in readers.items() if count > 1}
        lines, blobs = [], set()
        for kind, inputs, outputs, parameters in self.layers:
            inputs = [copies[name].pop(0) if name in copies else name for name in inputs]
            outputs = ["out" if name == output else name for name in outputs]
            emitted = [(kind, inputs, outputs, parameters)]
            emitted += [("Split", [name], list(copies[name]), "") for name in outputs if name in copies]
            for kind, inputs, outputs, parameters in emitted:
                blobs.update(outputs)
                lines.append(" ".join([kind, f"l{len(lines)}", str(len(inputs)), str(len(outputs)), *inputs, *outputs,
                                       parameters]).rstrip())
        param.write_text(f"7767517\n{len(lines)} {len(blobs)}\n" + "\n".join(lines) + "\n")
        binary.write_bytes(b"".join(self.weights))


def unet_graph(network: UNet) -> tuple[Graph, str]:
    graph = Graph()

    def block(x: str, layers: nn.Module) -> str:
        for i in "12":
            norm = getattr(layers, f"norm{i}") if layers.batch_norm else None
            x = graph.convolution(x, getattr(layers, f"conv{i}"), norm, relu=True)
        return x

    x = graph.add("Input", [])
    skips = []
    for layers in network.encoder:
        skips.append(block(x, layers))
        x = graph.add("Pooling", [skips[-1]], "0=0 1=2 2=2")
    x = block(x, network.bottleneck)
    for i in reversed(range(len(skips))):
        x = graph.add("Concat", [skips[i], graph.convolution(x, network.upconv[i])], "0=0")
        x = block(x, network.decoder[i])
    return graph, graph.convolution(x, network.head)


def pool_with_masks(graph: Graph, x: str) -> tuple[str, list[str]]:
    """The pooled map, and four masks that say which pixel of the window holds the maximum (the first, if several)."""
    largest = graph.add("Pooling", [x], "0=0 1=2 2=2")
    pixels = graph.add("Slice", [graph.add("Reorg", [x], "0=2 1=1")], "-23300=4,-233,-233,-233,-233 1=0", outputs=4)
    loses = [graph.add("Threshold", [graph.binary(SUBTRACT, largest, p)], "0=0.0") for p in pixels[:3]]
    first_two_lose = graph.binary(MULTIPLY, loses[0], loses[1])
    fourth = graph.binary(MULTIPLY, first_two_lose, loses[2])
    return largest, [graph.add("BinaryOp", [loses[0]], f"0={REVERSE_SUBTRACT} 1=1 2=1.0"),
                     graph.binary(SUBTRACT, loses[0], first_two_lose),
                     graph.binary(SUBTRACT, first_two_lose, fourth), fourth]


def segnet_graph(network: SegNet) -> tuple[Graph, str]:
    graph = Graph()
    x = graph.add("Input", [])
    masks = []
    for stage in network.encoder:
        for layer in stage:
            x = graph.convolution(x, layer.conv, layer.norm, relu=True)
        x, mask = pool_with_masks(graph, x)
        masks.append(mask)
    for s in reversed(range(len(masks))):
        x = graph.add("Concat", [graph.binary(MULTIPLY, x, m) for m in masks[s]], "0=0")
        x = graph.add("PixelShuffle", [x], "0=2 1=1")
        for layer in network.decoder[s]:
            x = graph.convolution(x, layer.conv, layer.norm, relu=True)
    return graph, graph.convolution(x, network.classifier)


def export(network: nn.Module, param: Path, binary: Path) -> None:
    """``network`` in evaluation mode. The input blob is ``b1``, the output blob ``out``."""
    graph, output = unet_graph(network) if isinstance(network, UNet) else segnet_graph(network)
    graph.write(output, param, binary)

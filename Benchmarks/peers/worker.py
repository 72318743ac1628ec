"""One peer in a process of its own.

    worker.py PEER --folder F --network N --batch B --threads T --output Y.npy [--train]

Loads once and runs once, prints a JSON line {"ready": true, ...}; then for every line on standard input does one run
and prints {"seconds": s}. At the end of input it writes the logits of its last run (N x classes x H x W float32) and
exits. The time runs from an input that lies in the peer's own kind of tensor to the complete logits in memory.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

import numpy

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Tests" / "Golden"))


def status_kib(field: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1])
    raise KeyError(field)


def torch_network(a, channels_last: bool):
    import torch
    from safetensors import safe_open
    from safetensors.torch import load_file

    from twins import build
    torch.set_num_threads(a.threads)
    torch.set_num_interop_threads(1)
    a.after_import = status_kib("VmHWM")
    a.version = f"torch {torch.__version__}"
    path = a.folder / "weights.safetensors"
    with safe_open(path, "pt") as file:
        network = build(file.metadata())
    network.load_state_dict(load_file(path), strict=True)
    x = torch.from_numpy(numpy.load(a.folder / f"input-{a.batch}.npy"))
    if channels_last:
        network, x = network.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
    return torch, network.eval(), x


def torch_inference(a, channels_last=False, bf16=False, compiled=False, frozen=False):
    torch, network, x = torch_network(a, channels_last)
    if compiled:
        import torch._inductor.config
        torch._inductor.config.freezing = frozen  # constant weights are folded and packed once
        network = torch.compile(network)

    def run():
        with torch.inference_mode() if not frozen else torch.no_grad():
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=bf16):
                return network(x)
    return run, lambda y: y.float().contiguous().numpy()


def torch_training(a, channels_last=False):
    torch, network, x = torch_network(a, channels_last)
    network.train()
    classes = {"unet": 4, "segnet": 2}[a.network]
    random = torch.Generator().manual_seed(7)
    labels = torch.randint(0, classes, (a.batch, *x.shape[2:]), generator=random)
    weights = torch.linspace(0.5, 2.0, classes)
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-4, fused=True)  # the fastest of its three forms on a CPU

    def run():
        optimiser.zero_grad(set_to_none=True)
        loss = torch.nn.functional.cross_entropy(network(x), labels, weight=weights, ignore_index=255)
        loss.backward()
        optimiser.step()
        return loss
    return run, lambda loss: loss.detach().reshape(1).numpy()


def onnxruntime_inference(a):
    import onnxruntime
    a.after_import = status_kib("VmHWM")
    a.version = f"onnxruntime {onnxruntime.__version__}"
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = a.threads, 1
    session = onnxruntime.InferenceSession(str(a.folder / f"model-{a.batch}.onnx"), options,
                                           providers=["CPUExecutionProvider"])
    x = numpy.load(a.folder / f"input-{a.batch}.npy")
    return lambda: session.run(None, {"x": x})[0], numpy.asarray


def openvino_inference(a, precision):
    import openvino
    a.after_import = status_kib("VmHWM")
    a.version = f"openvino {openvino.__version__.split('-')[0]}"
    compiled = openvino.Core().compile_model(a.folder / f"model-{a.batch}.onnx", "CPU", {
        "PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": a.threads, "NUM_STREAMS": 1,
        "INFERENCE_PRECISION_HINT": precision})
    used = compiled.get_property("INFERENCE_PRECISION_HINT").to_string()
    if used != {"f32": "f32", "bf16": "bf16"}[precision]:
        a.note = f"this CPU has no {precision}: runs in {used}"
    request = compiled.create_infer_request()
    request.set_input_tensor(openvino.Tensor(numpy.load(a.folder / f"input-{a.batch}.npy")))

    def run():
        request.infer()
        return request.get_output_tensor().data
    return run, numpy.array


def ncnn_inference(a, half=None, bf16=False):
    import ncnn
    a.after_import = status_kib("VmHWM")
    a.version = f"ncnn {ncnn.__version__}"
    net = ncnn.Net()
    net.opt.num_threads, net.opt.use_vulkan_compute = a.threads, False
    for option in [o for o in dir(net.opt) if o.startswith("use_fp16")]:
        if half is not None:
            setattr(net.opt, option, half)
    net.opt.use_bf16_storage = bf16
    if net.load_param(str(a.folder / "model.param")) or net.load_model(str(a.folder / "model.bin")):
        raise RuntimeError("ncnn does not load the model")
    x = [ncnn.Mat(image).clone() for image in numpy.load(a.folder / f"input-{a.batch}.npy")]

    def run():  # ncnn has no batch dimension: one image after the other
        logits = []
        for image in x:
            extractor = net.create_extractor()
            extractor.input("b1", image)
            status, y = extractor.extract("out")
            if status:
                raise RuntimeError(f"ncnn: extract returned {status}")
            logits.append(y)
        return logits
    return run, lambda logits: numpy.stack([numpy.array(y) for y in logits])


INFERENCE = {
    "torch": lambda a: torch_inference(a),
    "torch-channels-last": lambda a: torch_inference(a, channels_last=True),
    "torch-bf16": lambda a: torch_inference(a, channels_last=True, bf16=True),
    "torch-compile": lambda a: torch_inference(a, compiled=True),
    "torch-compile-frozen": lambda a: torch_inference(a, compiled=True, frozen=True),
    "onnxruntime": onnxruntime_inference,
    "openvino": lambda a: openvino_inference(a, "f32"),
    "openvino-bf16": lambda a: openvino_inference(a, "bf16"),
    "ncnn": ncnn_inference,
    "ncnn-f32": lambda a: ncnn_inference(a, half=False),
    "ncnn-bf16": lambda a: ncnn_inference(a, half=False, bf16=True),
}
TRAINING = {
    "torch": lambda a: torch_training(a),
    "torch-channels-last": lambda a: torch_training(a, channels_last=True),
}


def main() -> None:
    # Some libraries print to standard output: keep the protocol's channel to ourselves.
    channel = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    parser = argparse.ArgumentParser()
    parser.add_argument("peer")
    for option, kind in [("folder", Path), ("network", str), ("batch", int), ("threads", int), ("output", Path)]:
        parser.add_argument(f"--{option}", type=kind, required=True)
    parser.add_argument("--train", action="store_true")
    a = parser.parse_args()
    a.note, a.version, a.after_import = "", "", 0
    run, to_numpy = (TRAINING if a.train else INFERENCE)[a.peer](a)
    y = run()
    print(json.dumps({"ready": True, "version": a.version, "note": a.note, "after_import_kib": a.after_import}
                     | ({"loss": y.item()} if a.train else {})), file=channel)
    for _ in sys.stdin:
        y = None  # the last run's result is not part of this run's memory
        start = time.perf_counter()
        y = run()
        seconds = time.perf_counter() - start
        print(json.dumps({"seconds": seconds} | ({"loss": y.item()} if a.train else {})), file=channel)
    with a.output.open("wb") as file:
        numpy.save(file, to_numpy(y))


if __name__ == "__main__":
    main()

"""One peer on one device and in one precision, in a process of its own; speaks the protocol of Benchmarks/peers/worker.py.

    worker.py PEER --folder F --batch B --precision P --device cuda --output Y.npy

Input and logits stay on the device: the time runs from an input that lies there to complete logits there, as that of
`lungtriage-lab bench infer --resident`. In float16 and bfloat16 weights and activations are of that type throughout.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

import numpy

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Tests" / "Golden"))


class NotHere(Exception):
    """What keeps a peer from running on this machine, in a sentence."""


def torch_network(a):
    import torch
    from safetensors import safe_open
    from safetensors.torch import load_file

    from twins import build
    a.version = f"torch {torch.__version__}"
    if a.device == "cuda" and not torch.cuda.is_available():
        raise NotHere("PyTorch finds no GPU")
    torch.backends.cudnn.benchmark = True
    for backend in (torch.backends.cudnn, torch.backends.cuda.matmul):
        backend.allow_tf32 = a.precision == "tf32"
    kind = {"float16": torch.float16, "bfloat16": torch.bfloat16}.get(a.precision, torch.float32)
    path = a.folder / "weights.safetensors"
    with safe_open(path, "pt") as file:
        network = build(file.metadata())
    network.load_state_dict(load_file(path), strict=True)
    x = torch.from_numpy(numpy.load(a.folder / f"input-{a.batch}.npy"))
    return torch, network.eval().to(a.device, kind), x.to(a.device, kind)


def synchronizer(torch, a):
    return torch.cuda.synchronize if a.device == "cuda" else lambda: None


def torch_inference(a, channels_last=True, compiled=None):
    torch, network, x = torch_network(a)
    if channels_last:
        network, x = network.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
    if compiled:
        network = torch.compile(network, mode=compiled)
    wait = synchronizer(torch, a)

    def run():
        with torch.inference_mode():
            y = network(x)
            wait()
            return y
    for _ in range(3):
        run()  # times algorithms, compiles, records graphs
    return run, lambda y: y.float().contiguous().cpu().numpy()


def torch_graph(a):
    if a.device != "cuda":
        raise NotHere("CUDA graphs need a GPU")
    torch, network, x = torch_network(a)
    network, x = network.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
    side = torch.cuda.Stream()
    with torch.inference_mode():
        with torch.cuda.stream(side):
            for _ in range(3):
                network(x)
        torch.cuda.synchronize()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            y = network(x)

    def run():
        graph.replay()
        torch.cuda.synchronize()
        return y
    return run, lambda y: y.float().contiguous().cpu().numpy()


def exported(a) -> Path:
    """The network as ONNX, in the precision's own type."""
    torch, network, x = torch_network(a)
    import portable
    from twins import SegNet
    if isinstance(network, SegNet):
        same = portable.PortableSegNet(1, network.classifier.out_channels, len(network.encoder)).eval()
        same.load_state_dict(network.state_dict())
        network = same.to(x.device, x.dtype)
    path = a.folder / f"model-{a.batch}-{a.precision}.onnx"
    if not path.exists():
        partial = path.with_suffix(f".{os.getpid()}.partial")
        torch.onnx.export(network, (x,), str(partial), input_names=["x"], output_names=["y"], dynamo=True,
                          external_data=False, verbose=False)
        partial.rename(path)
    return path


def onnxruntime_inference(a):
    try:
        import onnxruntime
    except ImportError:
        raise NotHere("onnxruntime is not installed") from None
    provider = {"cuda": "CUDAExecutionProvider", "cpu": "CPUExecutionProvider"}[a.device]
    if provider not in onnxruntime.get_available_providers():
        raise NotHere(f"this onnxruntime has no {provider} (onnxruntime-gpu has)")
    if a.precision == "bfloat16":
        raise NotHere("its convolutions take no bfloat16")
    path = exported(a)
    a.version = f"onnxruntime {onnxruntime.__version__}"
    options = {"use_tf32": int(a.precision == "tf32"), "cudnn_conv_algo_search": "EXHAUSTIVE", "prefer_nhwc": 1}
    session = onnxruntime.InferenceSession(
        str(path), providers=[(provider, options if a.device == "cuda" else {})])
    if provider not in session.get_providers():
        raise NotHere(f"{provider} does not start; onnxruntime fell back to the CPU")
    x = numpy.load(a.folder / f"input-{a.batch}.npy")
    x = x.astype(numpy.float16) if a.precision == "float16" else x
    binding = session.io_binding()
    binding.bind_ortvalue_input("x", onnxruntime.OrtValue.ortvalue_from_numpy(x, a.device, 0))
    binding.bind_output("y", a.device, 0)

    def run():
        session.run_with_iobinding(binding)
        binding.synchronize_outputs()
        return binding
    for _ in range(3):
        run()
    return run, lambda b: b.copy_outputs_to_cpu()[0].astype(numpy.float32)


def tensorrt_inference(a):
    if a.device != "cuda":
        raise NotHere("TensorRT needs a GPU")
    try:
        import tensorrt as trt
    except ImportError:
        raise NotHere("tensorrt is not installed") from None
    import torch
    path = exported(a)
    a.version = f"tensorrt {trt.__version__}"
    logger = trt.Logger(trt.Logger.WARNING)
    builder = trt.Builder(logger)
    definition = builder.create_network(1 << int(trt.NetworkDefinitionCreationFlag.STRONGLY_TYPED))
    parser = trt.OnnxParser(definition, logger)
    if not parser.parse(path.read_bytes()):
        raise NotHere(f"TensorRT does not read the ONNX file: {parser.get_error(0)}")
    configuration = builder.create_builder_config()
    if a.precision != "tf32":
        configuration.clear_flag(trt.BuilderFlag.TF32)
    plan = builder.build_serialized_network(definition, configuration)
    if plan is None:
        raise NotHere("TensorRT builds no engine for the network")
    engine = trt.Runtime(logger).deserialize_cuda_engine(plan)
    context, stream = engine.create_execution_context(), torch.cuda.Stream()
    kind = {"float16": torch.float16, "bfloat16": torch.bfloat16}.get(a.precision, torch.float32)
    x = torch.from_numpy(numpy.load(a.folder / f"input-{a.batch}.npy")).to("cuda", kind).contiguous()
    y = torch.empty(tuple(engine.get_tensor_shape("y")), dtype=kind, device="cuda")
    context.set_tensor_address("x", x.data_ptr())
    context.set_tensor_address("y", y.data_ptr())

    def run():
        if not context.execute_async_v3(stream.cuda_stream):
            raise RuntimeError("TensorRT did not run")
        stream.synchronize()
        return y
    for _ in range(3):
        run()
    return run, lambda y: y.float().cpu().numpy()


PEERS = {
    "torch": lambda a: torch_inference(a, channels_last=False),
    "torch-channels-last": torch_inference,
    "torch-compile": lambda a: torch_inference(a, compiled="default"),
    "torch-compile-graph": lambda a: torch_inference(a, compiled="reduce-overhead"),
    "torch-cuda-graph": torch_graph,
    "onnxruntime": onnxruntime_inference,
    "tensorrt": tensorrt_inference,
}


def main() -> None:
    # Some libraries print to standard output: keep the protocol's channel to ourselves.
    channel = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    parser = argparse.ArgumentParser()
    parser.add_argument("peer", choices=list(PEERS))
    for option, kind in [("folder", Path), ("batch", int), ("precision", str), ("device", str), ("output", Path)]:
        parser.add_argument(f"--{option}", type=kind, required=True)
    a = parser.parse_args()
    a.version = ""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "peers"))  # portable.py
    try:
        run, to_numpy = PEERS[a.peer](a)
    except NotHere as reason:
        print(json.dumps({"skipped": str(reason)}), file=channel)
        return
    y = run()
    print(json.dumps({"ready": True, "version": a.version}), file=channel)
    for _ in sys.stdin:
        start = time.perf_counter()
        y = run()
        print(json.dumps({"seconds": time.perf_counter() - start}), file=channel)
    with a.output.open("wb") as file:
        numpy.save(file, to_numpy(y))


if __name__ == "__main__":
    main()

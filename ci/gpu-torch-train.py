"""The networks of bench/training in PyTorch: eager, torch.compile and CUDA graphs; JSON on standard output.

fp32 without TF32. Time per iteration is that of many iterations between two waits for the device, after warming up. Launches
are counted by the profiler: what the host starts (kernels, copies, graphs) and what the device runs.
  python3 ci/gpu-torch-train.py [SECONDS] [small]      (small: tiny sizes, also on a processor, to look whether all works)
"""
import json
import signal
import sys
import time
import traceback

try:
    import torch
    import torch.nn as nn
    import torch.nn.functional as F
except ImportError:
    sys.exit("gpu-torch-train: python3 has no PyTorch")

limit = float(sys.argv[1]) if len(sys.argv) > 1 else 70
small = "small" in sys.argv[2:]
cuda = torch.cuda.is_available()
if not cuda and not small:
    sys.exit("gpu-torch-train: PyTorch sees no GPU")
started = time.monotonic()
device = "cuda" if cuda else "cpu"
torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.allow_tf32 = False
torch.manual_seed(1)
INPUTS, HIDDEN, AE_INPUTS, SIZE = (20, 16, 20, 8) if small else (784, 512, 200, 28)
AE_HIDDEN = 16 if small else 500
BATCHES = 16


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1, self.c2 = nn.Conv2d(1, 32, 5, padding=2), nn.Conv2d(32, 64, 5, padding=2)
        self.a3, self.a4 = nn.Linear(64 * (SIZE // 4) ** 2, HIDDEN), nn.Linear(HIDDEN, 10)

    def forward(self, x):
        x = x.view(-1, 1, SIZE, SIZE)
        x = F.max_pool2d(F.relu(self.c1(x)), 2)
        x = F.max_pool2d(F.relu(self.c2(x)), 2)
        x = F.dropout(F.relu(self.a3(x.flatten(1))), 0.5, training=True)
        return self.a4(x)


def networks():
    mlp = nn.Sequential(nn.Linear(INPUTS, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, HIDDEN // 2), nn.ReLU(),
                        nn.Linear(HIDDEN // 2, 10))
    autoencoder = nn.Sequential(nn.Linear(AE_INPUTS, AE_HIDDEN), nn.Tanh(), nn.Linear(AE_HIDDEN, 2), nn.Tanh(),
                                nn.Linear(2, AE_HIDDEN), nn.Tanh(), nn.Linear(AE_HIDDEN, AE_INPUTS))
    plain = {"momentum": 0.9}
    yield "mlp", mlp, INPUTS, F.cross_entropy, plain
    yield "autoencoder", autoencoder, AE_INPUTS, None, plain
    yield "lenet", LeNet(), SIZE * SIZE, F.cross_entropy, {"momentum": 0.9, "nesterov": True, "weight_decay": 5e-4}


def settle():
    if cuda:
        torch.cuda.synchronize()


def loss_of(net, x, y, loss):
    out = net(x)
    return loss(out, y) if loss else 0.5 * ((out - x) ** 2).sum() / x.shape[0]


class Steps:
    """One training step of each kind; data lies on the device, a batch is a view of it."""

    def __init__(self, net, inputs, loss, batch, options, kind):
        self.x = torch.rand(BATCHES * batch, inputs, device=device)
        self.y = torch.arange(BATCHES * batch, device=device) * 7919 % 10
        self.batch, self.at, self.loss = batch, 0, loss
        self.net = net
        self.optimiser = torch.optim.SGD(net.parameters(), lr=0.01, **options)
        self.run = {"eager": self.eager, "compile": self.compiled, "graph": self.graph}[kind]()

    def next(self):
        first = self.at % BATCHES * self.batch
        self.at += 1
        return self.x[first:first + self.batch], self.y[first:first + self.batch]

    def step(self, forward, x, y):
        self.optimiser.zero_grad(set_to_none=True)
        forward(x, y).backward()
        self.optimiser.step()

    def eager(self):
        return lambda: self.step(lambda x, y: loss_of(self.net, x, y, self.loss), *self.next())

    def compiled(self):
        forward = torch.compile(lambda x, y: loss_of(self.net, x, y, self.loss), dynamic=False)
        update = torch.compile(self.optimiser.step)

        def run():
            x, y = self.next()
            self.optimiser.zero_grad(set_to_none=True)
            forward(x, y).backward()
            update()
        return run

    def graph(self):
        x, y = (part.clone() for part in self.next())
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                self.step(lambda x, y: loss_of(self.net, x, y, self.loss), x, y)
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        self.optimiser.zero_grad(set_to_none=True)
        with torch.cuda.graph(graph):
            loss_of(self.net, x, y, self.loss).backward()
            self.optimiser.step()

        def run():
            from_x, from_y = self.next()
            x.copy_(from_x)
            y.copy_(from_y)
            graph.replay()
        return run


def seconds(run):
    for _ in range(20):
        run()
    settle()
    count = 20
    while True:
        start = time.perf_counter()
        for _ in range(count):
            run()
        settle()
        took = time.perf_counter() - start
        if took > (0.05 if small else 0.4) or count >= 2000:
            return took / count, count
        count *= 4


def launches(run):
    from torch.profiler import ProfilerActivity, profile
    activities = [ProfilerActivity.CPU] + ([ProfilerActivity.CUDA] if cuda else [])
    count = 10
    with profile(activities=activities) as found:
        for _ in range(count):
            run()
        settle()
    from_host = on_device = 0
    busy = 0.0
    for event in found.events():
        if str(event.device_type).endswith("CUDA"):
            if "Profiler" not in event.name:
                on_device += 1
                busy += event.time_range.elapsed_us()
        elif event.name.startswith(("cudaLaunch", "cuLaunch", "cudaMemcpyAsync", "cudaMemsetAsync", "cudaGraphLaunch")):
            from_host += 1
    return from_host / count, on_device / count, busy / count


rows = []
left_out = []


def stop(*_):
    sys.exit("gpu-torch-train: told to stop; the rest was not measured")


signal.signal(signal.SIGTERM, stop)


def measure():
    for kind in ("eager", "graph", "compile"):
        for name, net, inputs, loss, options in networks():
            for batch in ((4, 8) if small else (32, 128, 512)):
                what = f"{name}, batch {batch}, {kind}"
                if kind == "graph" and not cuda:
                    continue
                # Compiling takes seconds: one size of batches for each network first.
                if time.monotonic() - started > limit * (0.6 if kind != "compile" else 1):
                    left_out.append(what + ": no time left")
                    continue
                try:
                    torch.manual_seed(1)
                    if cuda:
                        torch.cuda.empty_cache()
                        torch.cuda.reset_peak_memory_stats()
                    net = net.to(device)
                    steps = Steps(net, inputs, loss, batch, options, kind)
                    per_iteration, count = seconds(steps.run)
                    row = {"network": name, "batch": batch, "kind": kind, "iterations": count,
                           "microsPerIteration": round(per_iteration * 1e6, 2)}
                    if cuda:
                        row["peakBytes"] = torch.cuda.max_memory_allocated()
                        row["reservedBytes"] = torch.cuda.max_memory_reserved()
                    try:
                        host, there, busy = launches(steps.run)
                        row.update(launches=round(host, 2), kernels=round(there, 2), busyMicros=round(busy, 2))
                    except Exception as e:
                        row["launches"] = None
                        left_out.append(f"launches of {what}: {e}")
                    rows.append(row)
                    print(json.dumps(row), file=sys.stderr, flush=True)
                    del steps
                except Exception as e:
                    left_out.append(f"{what}: {type(e).__name__}: {str(e).strip().splitlines()[-1] if str(e).strip() else ''}")
                    traceback.print_exc(limit=3)
                finally:
                    for parameter in net.parameters():
                        parameter.grad = None


try:
    measure()
finally:
    json.dump({"torch": torch.__version__, "cuda": torch.version.cuda,
               "device": torch.cuda.get_device_name(0) if cuda else "cpu", "precision": "fp32, TF32 off",
               "training": rows, "leftOut": left_out}, sys.stdout, indent=1)
    print(flush=True)

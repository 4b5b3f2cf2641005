"""The measurements of KernelBenchmark in PyTorch, as JSON on standard output; nothing where PyTorch sees no GPU."""
import json
import signal
import statistics
import sys

try:
    import torch
except ImportError:
    sys.exit("gpu-torch: python3 has no PyTorch")
if not torch.cuda.is_available():
    sys.exit("gpu-torch: PyTorch sees no GPU")

torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.allow_tf32 = False
torch.backends.cudnn.benchmark = True
torch.manual_seed(1)
rows = []


def stop(*_):
    sys.exit("gpu-torch: told to stop; the rest was not measured")


signal.signal(signal.SIGTERM, stop)


def seconds(work):
    times = []
    for i in range(14):
        start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        start.record()
        work()
        end.record()
        end.synchronize()
        if i >= 3:
            times.append(start.elapsed_time(end) / 1e3)
    return statistics.median(times)


def add(kernel, shape, precision, work, amount, unit):
    time = seconds(work)
    rows.append({"kernel": kernel, "shape": shape, "precision": precision, "seconds": round(time, 9),
                 unit: round(amount / time / 1e9, 2)})


def measure():
    for precision, dtype, width in (("fp64", torch.float64, 8), ("fp32", torch.float32, 4)):
        n = 16384
        x, y = (torch.rand(n, n, dtype=dtype, device="cuda") - 0.5 for _ in range(2))
        row, col = x[:1].clone(), x[:, :1].clone()
        out = torch.empty_like(x)
        size = n * n * width
        add("copy", "within the device", precision, lambda: out.copy_(x), 2 * size, "GB/s")
        add("+", "two matrices", precision, lambda: torch.add(x, y, out=out), 3 * size, "GB/s")
        add("*", "two matrices", precision, lambda: torch.mul(x, y, out=out), 3 * size, "GB/s")
        add("+", "matrix and row", precision, lambda: torch.add(x, row, out=out), 2 * size, "GB/s")
        add("+", "matrix and column", precision, lambda: torch.add(x, col, out=out), 2 * size, "GB/s")
        add("exp", "matrix", precision, lambda: torch.exp(x, out=out), 2 * size, "GB/s")
        add("sigmoid", "matrix", precision, lambda: torch.sigmoid(x, out=out), 2 * size, "GB/s")
        add("t", "matrix", precision, lambda: out.copy_(x.t()), 2 * size, "GB/s")
        add("sum", "matrix", precision, lambda: x.sum(), size, "GB/s")
        add("var", "matrix", precision, lambda: x.var(), size, "GB/s")
        add("rowSums", "matrix", precision, lambda: x.sum(1), size, "GB/s")
        add("colSums", "matrix", precision, lambda: x.sum(0), size, "GB/s")
        add("rowIndexMax", "matrix", precision, lambda: x.argmax(1), size, "GB/s")
        del x, y, row, col, out
        torch.cuda.empty_cache()
        for n in (1024, 4096, 8192):
            a, b = (torch.rand(n, n, dtype=dtype, device="cuda") - 0.5 for _ in range(2))
            c = torch.empty_like(a)
            add("matmul", f"{n}x{n}x{n}", precision, lambda: torch.matmul(a, b, out=c), 2.0 * n**3, "GFLOP/s")
            add("tsmm", f"{n}x{n}x{n}", precision, lambda: torch.matmul(a.t(), a, out=c), 2.0 * n**3, "GFLOP/s")
            del a, b, c

        # The shapes of ConvolutionBenchmark.
        for n, c, h, w, k, r, s, stride, pad in ((32, 1, 28, 28, 32, 5, 5, 1, 2), (512, 1, 28, 28, 32, 5, 5, 1, 2), (32, 32, 14, 14, 64, 5, 5, 1, 2),
                                                 (512, 32, 14, 14, 64, 5, 5, 1, 2), (64, 64, 56, 56, 64, 3, 3, 1, 1),
                                                 (32, 128, 28, 28, 256, 3, 3, 2, 1), (32, 512, 7, 7, 512, 3, 3, 1, 1)):
            images = torch.rand(n, c, h, w, dtype=dtype, device="cuda") - 0.5
            filters = torch.rand(k, c, r, s, dtype=dtype, device="cuda") - 0.5
            douts = torch.nn.functional.conv2d(images, filters, stride=stride, padding=pad)
            flops = 2.0 * c * r * s * douts.numel()
            shape = f"{n}x{c}x{h}x{w} by {k}x{r}x{s}, stride {stride}"

            def backward(*mask):
                torch.ops.aten.convolution_backward(douts, images, filters, None, [stride] * 2, [pad] * 2, [1, 1], False, [0, 0], 1, mask)

            add("conv2d", shape, precision, lambda: torch.nn.functional.conv2d(images, filters, stride=stride, padding=pad), flops, "GFLOP/s")
            add("conv2d_backward_filter", shape, precision, lambda: backward(False, True, False), flops, "GFLOP/s")
            add("conv2d_backward_data", shape, precision, lambda: backward(True, False, False), flops, "GFLOP/s")
            del images, filters, douts


try:
    measure()
finally:
    json.dump({"torch": torch.__version__, "cuda": torch.version.cuda, "device": torch.cuda.get_device_name(0),
               "kernels": rows}, sys.stdout, indent=1)
    print(flush=True)

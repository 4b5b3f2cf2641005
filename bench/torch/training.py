"""What the training programs for PyTorch share: arguments, exact data, the loop and its clock."""
import os
import sys
import time

import torch

given = dict(word.split("=", 1) for word in sys.argv[1:])
dtype = torch.float32 if given.get("precision") == "fp32" else torch.float64
torch.set_num_threads(int(os.environ.get("TRAIN_THREADS", os.cpu_count())))
torch.set_default_dtype(dtype)
P = 1009


def argument(name, otherwise):
    return int(given.get(name, otherwise))


def data(rows, cols):
    r = torch.arange(1, rows + 1, dtype=torch.int64).reshape(-1, 1)
    c = torch.arange(1, cols + 1, dtype=torch.int64).reshape(1, -1)
    return (((r * c) % P).double() / P - 0.5).to(dtype)


def weights(rows, cols, factor, divisor):
    n = torch.arange(1, rows * cols + 1, dtype=torch.int64) * factor
    return (((n % P).double() / P - 0.5) / divisor).reshape(rows, cols).to(dtype)


def train(model, loss_of, X, Y, batch, epochs):
    """loss_of(model, A, T) is the loss of a batch; prints the mean of each epoch and the seconds of one, from the argument "from" on (the second)."""
    step = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    batches = len(X) // batch
    first = argument("from", 2)
    start = time.perf_counter()
    for epoch in range(1, epochs + 1):
        if epoch == first:
            start = time.perf_counter()
        total = 0.0
        for i in range(batches):
            step.zero_grad(set_to_none=True)
            loss = loss_of(model, X[i * batch:(i + 1) * batch], Y[i * batch:(i + 1) * batch])
            loss.backward()
            step.step()
            total += loss.item()
        print(f"epoch {epoch} loss {total / batches!r}")
    print(f"@seconds {(time.perf_counter() - start) / max(1, epochs - first + 1)}")

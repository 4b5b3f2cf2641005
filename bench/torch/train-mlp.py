"""workloads/train-mlp.dml with PyTorch, eager."""
import torch
from torch import nn
from training import argument, data, train, weights

rows, batch, epochs, h1, h2 = argument("rows", 1024), argument("batch", 32), argument("epochs", 2), argument("h1", 256), argument("h2", 128)
X = data(rows, 784)
labels = (torch.arange(1, rows + 1) * 7) % 10
model = nn.Sequential(nn.Linear(784, h1), nn.ReLU(), nn.Linear(h1, h2), nn.ReLU(), nn.Linear(h2, 10))
with torch.no_grad():
    for layer, w in ((model[0], weights(784, h1, 7919, 8)), (model[2], weights(h1, h2, 104729, 4)), (model[4], weights(h2, 10, 1299709, 4))):
        layer.weight.copy_(w.T)
        layer.bias.zero_()
print(f"rows {rows} sum(X) {X.double().sum().item()!r} sum(Y) {float(rows)}")
train(model, lambda m, A, T: nn.functional.cross_entropy(m(A), T), X, labels, batch, epochs)

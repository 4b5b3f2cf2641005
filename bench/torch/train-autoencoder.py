"""workloads/train-autoencoder.dml with PyTorch, eager."""
import torch
from torch import nn
from training import argument, data, train, weights

rows, cols, hidden, code = argument("rows", 4096), argument("cols", 100), argument("hidden", 200), argument("code", 10)
X = data(rows, cols)
model = nn.Sequential(nn.Linear(cols, hidden), nn.Tanh(), nn.Linear(hidden, code), nn.Tanh(), nn.Linear(code, hidden), nn.Tanh(), nn.Linear(hidden, cols))
with torch.no_grad():
    for layer, w in ((model[0], weights(cols, hidden, 7919, 5)), (model[2], weights(hidden, code, 104729, 5)),
                     (model[4], weights(code, hidden, 1299709, 5)), (model[6], weights(hidden, cols, 15485863, 5))):
        layer.weight.copy_(w.T)
        layer.bias.zero_()
print(f"rows {rows} cols {cols} sum(X) {X.double().sum().item()!r}")
train(model, lambda m, A, T: ((m(A) - T) ** 2).sum() / len(A), X, X, argument("batch", 32), argument("epochs", 2))

"""workloads/train-lenet.dml with PyTorch, eager."""
import torch
from torch import nn
from training import argument, data, train, weights

rows = argument("rows", 256)
X = data(rows, 784).reshape(rows, 1, 28, 28)
labels = (torch.arange(1, rows + 1) * 7) % 10
model = nn.Sequential(nn.Conv2d(1, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
                      nn.Flatten(), nn.Linear(3136, 512), nn.ReLU(), nn.Linear(512, 10))
with torch.no_grad():
    model[0].weight.copy_(weights(32, 25, 7919, 2).reshape(32, 1, 5, 5))
    model[3].weight.copy_(weights(64, 800, 104729, 8).reshape(64, 32, 5, 5))
    model[7].weight.copy_(weights(3136, 512, 1299709, 16).T)
    model[9].weight.copy_(weights(512, 10, 15485863, 8).T)
    for i in (0, 3, 7, 9):
        model[i].bias.zero_()
print(f"rows {rows} sum(X) {X.double().sum().item()!r} sum(Y) {float(rows)}")
train(model, lambda m, A, T: nn.functional.cross_entropy(m(A), T), X, labels, argument("batch", 32), argument("epochs", 2))

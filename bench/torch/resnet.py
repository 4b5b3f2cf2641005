"""A network of bottlenecks (He et al. 2016) in PyTorch: weights, an input, scores and gradients, for resnet.dml beside this file.

  python3 bench/torch/resnet.py 50 64 net.npz
  ./reprise run bench/torch/resnet.dml --nvargs file=net.npz depth=50 size=64

Depth is 50, 101 or 152, size the height of the images. The script prints how far Reprise is off, relative to the largest cell: some
1e-12 at most, as both compute in fp64. Less than 64 leaves the last layers one pixel, whose normalization over two images magnifies
rounding errors (1e-7).
"""
import sys, numpy as np, torch, torch.nn as nn
torch.set_default_dtype(torch.float64); torch.manual_seed(7); torch.set_num_threads(1)
depth, size, classes, n = int(sys.argv[1]), int(sys.argv[2]), 5, 2
LAYERS = {50: [3, 4, 6, 3], 101: [3, 4, 23, 3], 152: [3, 8, 36, 3]}[depth]
class Bottleneck(nn.Module):
    def __init__(self, c_in, c, stride):
        super().__init__()
        self.c = nn.ModuleList([nn.Conv2d(c_in, c, 1, bias=False), nn.Conv2d(c, c, 3, stride, 1, bias=False), nn.Conv2d(c, 4 * c, 1, bias=False)])
        self.b = nn.ModuleList([nn.BatchNorm2d(c), nn.BatchNorm2d(c), nn.BatchNorm2d(4 * c)])
        if c_in != 4 * c:
            self.c.append(nn.Conv2d(c_in, 4 * c, 1, stride, bias=False)); self.b.append(nn.BatchNorm2d(4 * c))
    def forward(self, x):
        y = torch.relu(self.b[0](self.c[0](x))); y = torch.relu(self.b[1](self.c[1](y))); y = self.b[2](self.c[2](y))
        return torch.relu(y + (self.b[3](self.c[3](x)) if len(self.c) > 3 else x))
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.bn = nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64)
        self.blocks, c_in = nn.ModuleList(), 64
        for l, k in enumerate(LAYERS):
            for i in range(k):
                self.blocks.append(Bottleneck(c_in, 64 * 2**l, 2 if i == 0 and l > 0 else 1)); c_in = 4 * 64 * 2**l
        self.fc = nn.Linear(2048, classes)
    def forward(self, x):
        x = nn.functional.max_pool2d(torch.relu(self.bn(self.conv(x))), 3, 2, 1)
        for b in self.blocks: x = b(x)
        return self.fc(x.mean((2, 3)))
net = Net().train()
for m in net.modules():
    if isinstance(m, nn.BatchNorm2d):
        nn.init.uniform_(m.weight, .5, 1.5); nn.init.uniform_(m.bias, -.3, .3)
out = {}
def put(i, conv, bn):
    w = conv.weight.detach().numpy(); out[f"w{i:03d}"] = w.reshape(w.shape[0], -1)
    out[f"g{i:03d}"] = bn.weight.detach().numpy().reshape(-1, 1); out[f"b{i:03d}"] = bn.bias.detach().numpy().reshape(-1, 1)
pairs = [(net.conv, net.bn)] + [(c, b) for k in net.blocks for c, b in zip(k.c, k.b)]
for i, (c, b) in enumerate(pairs): put(i, c, b)
x = torch.randn(n, 3, size, size, requires_grad=True); d = torch.randn(n, classes)
out["V"] = net.fc.weight.detach().numpy().T.copy(); out["v"] = net.fc.bias.detach().numpy().reshape(1, -1)
y = net(x); (y * d).sum().backward()
out["X"] = x.detach().numpy().reshape(n, -1); out["d"] = d.numpy(); out["scores"] = y.detach().numpy(); out["dX"] = x.grad.numpy().reshape(n, -1)
out["dfirst"] = net.conv.weight.grad.numpy().reshape(64, -1)
mid = net.blocks[sum(LAYERS[:3])].c[1]; out["dmid"] = mid.weight.grad.numpy().reshape(mid.weight.shape[0], -1)
net.eval(); out["test"] = net(x).detach().numpy()
out["vars"] = np.concatenate([b.running_var.numpy() for _, b in pairs]).reshape(-1, 1)
out["means"] = np.concatenate([b.running_mean.numpy() for _, b in pairs]).reshape(-1, 1)
np.savez(sys.argv[3], **out)

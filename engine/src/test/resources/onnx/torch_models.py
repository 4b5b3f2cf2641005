"""Makes the models torch-*.onnx beside this file as PyTorch's exporters write them, and what PyTorch computes with them; onnxruntime
computes the same. Run once, by hand:
    python torch_models.py        (torch 2.13.0, onnx 1.23.1, onnxruntime 1.30.0, onnxscript 0.7.2)
"""
import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn as nn
import torch.nn.functional as F
from onnx import helper, numpy_helper

MODELS = {}


def model(name, exporter, opset, example):
    """An exporter is "script" (dynamo=False) or "dynamo"."""
    def add(cls):
        MODELS[name] = (cls, exporter, opset, example)
        return cls
    return add


def floats(*shape):
    return lambda n: torch.round(torch.randn(n, *shape), decimals=2)


def ids(vocabulary, steps):
    return lambda n: torch.randint(0, vocabulary, (n, steps))


@model("torch-encoder", "dynamo", 18, ids(20, 6))
@model("torch-encoder-old", "script", 17, ids(20, 6))
class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.e, self.p = nn.Embedding(20, 8), nn.Parameter(torch.randn(1, 6, 8) * 0.1)
        self.a = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, activation="gelu"), 2, enable_nested_tensor=False)
        self.h = nn.Linear(8, 3)

    def forward(self, x):
        return self.h(self.a(self.e(x) + self.p).mean(1))


@model("torch-masked", "script", 17, floats(5, 8))
@model("torch-attention", "dynamo", 23, floats(5, 8))
class Masked(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.n = nn.MultiheadAttention(8, 2, batch_first=True), nn.LayerNorm(8)
        self.register_buffer("m", nn.Transformer.generate_square_subsequent_mask(5))

    def forward(self, x):
        return x + self.a(self.n(x), self.n(x), self.n(x), attn_mask=self.m, is_causal=True, need_weights=False)[0]


@model("torch-gpt", "script", 14, ids(20, 6))
@model("torch-gpt-new", "dynamo", 20, ids(20, 6))
class Gpt(nn.Module):
    def __init__(self):
        super().__init__()
        self.e, self.p, self.n, self.q, self.o = nn.Embedding(20, 8), nn.Embedding(6, 8), nn.LayerNorm(8), nn.Linear(8, 24), nn.Linear(8, 8)
        self.register_buffer("b", torch.tril(torch.ones(6, 6)).view(1, 1, 6, 6))
        self.h = nn.Linear(8, 20, bias=False)

    def forward(self, x):
        z = self.e(x) + self.p(torch.arange(0, x.size(1), dtype=torch.long))
        n, t, c = z.size()
        q, k, v = (part.view(n, t, 2, c // 2).transpose(1, 2) for part in self.q(self.n(z)).split(c, dim=2))
        scores = (q @ k.transpose(-2, -1)) * (1.0 / k.size(-1) ** 0.5)
        y = F.softmax(scores.masked_fill(self.b[:, :, :t, :t] == 0, float("-inf")), dim=-1) @ v
        return self.h(z + self.o(y.transpose(1, 2).contiguous().view(n, t, c)))


@model("torch-patches", "script", 17, floats(3, 8, 8))
class Patches(nn.Module):
    def __init__(self):
        super().__init__()
        self.c, self.first, self.p = nn.Conv2d(3, 8, 4, 4), nn.Parameter(torch.randn(1, 1, 8)), nn.Parameter(torch.randn(1, 5, 8))
        self.a = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, norm_first=True)
        self.n, self.h = nn.LayerNorm(8), nn.Linear(8, 4)

    def forward(self, x):
        z = self.c(x).flatten(2).transpose(1, 2)
        return self.h(self.n(self.a(torch.cat([self.first.expand(x.shape[0], -1, -1), z], 1) + self.p))[:, 0])


@model("torch-parts", "dynamo", 18, floats(5, 8))
class Parts(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv, self.o = nn.Linear(8, 24), nn.Linear(8, 8)

    def forward(self, x):
        q, k, v = self.qkv(x).reshape(x.shape[0], 5, 3, 2, 4).permute(2, 0, 3, 1, 4).unbind(0)
        return self.o(((q * 0.7 @ k.transpose(-2, -1)).softmax(dim=-1) @ (v * 3)).transpose(1, 2).reshape(x.shape[0], 5, 8))


def adaptive(size, wanted):
    class Adaptive(nn.Module):
        def __init__(self):
            super().__init__()
            self.c, self.p = nn.Conv2d(2, 3, 3, padding=1), nn.AdaptiveAvgPool2d(wanted)

        def forward(self, x):
            return self.p(F.relu(self.c(x))).flatten(1)
    return Adaptive


MODELS["torch-adaptive"] = (adaptive((7, 7), (3, 3)), "dynamo", 18, floats(2, 7, 7))
MODELS["torch-adaptive-up"] = (adaptive((5, 6), (7, 4)), "dynamo", 18, floats(2, 5, 6))


@model("torch-both", "dynamo", 18, floats(5, 4))
class Both(nn.Module):
    def __init__(self):
        super().__init__()
        self.r, self.h = nn.RNN(4, 3, num_layers=2, bidirectional=True, batch_first=True), nn.Linear(6, 2)

    def forward(self, x):
        _, h = self.r(x)
        return self.h(torch.cat([h[-2], h[-1]], 1))


@model("torch-texts", "script", 11, ids(20, 6))
class Texts(nn.Module):
    def __init__(self):
        super().__init__()
        self.e, self.c, self.h = nn.Embedding(20, 4), nn.ModuleList([nn.Conv1d(4, 5, k) for k in (2, 3)]), nn.Linear(14, 3)

    def forward(self, x):
        z = self.e(x)
        lines = [F.relu(c(z.permute(0, 2, 1))).max(dim=2)[0] for c in self.c]
        return self.h(torch.cat([*lines, z.sum(1)], 1))


@model("torch-borders", "dynamo", 18, floats(3, 6, 6))
class Borders(nn.Module):
    def __init__(self):
        super().__init__()
        self.c, self.g, self.n = nn.Conv2d(3, 3, 3), nn.Conv2d(2, 1, 3, padding=1), nn.LayerNorm([3, 6, 6])

    def forward(self, x):
        z = self.c(F.pad(x, (1, 1, 2, 0), mode="reflect"))
        z = z * torch.sigmoid(self.g(torch.cat([z.mean(1, keepdim=True), z.max(1, keepdim=True)[0]], 1)))
        z = self.n(F.softmax(z, 1) + F.normalize(z, dim=1))
        return torch.cat([z[..., ::2, ::2], z[..., 1::2, 1::2].flip(3)], 1)


def write(name, model, x, y, path=None):
    with open(f"{name}.onnx", "wb") as file:
        file.write(model.SerializeToString())
    for n in (1, len(x)):
        session = onnxruntime.InferenceSession(model.SerializeToString())
        found = session.run(None, {session.get_inputs()[0].name: x[:n].numpy()})[0]
        assert np.abs(found.reshape(n, -1) - y[:n].reshape(n, -1)).max() < 1e-5, name
    given = x + 1 if x.dtype == torch.int64 else x
    np.savetxt(f"{name}-x.csv", given.reshape(len(x), -1).numpy(), delimiter=",", fmt="%.9g")
    np.savetxt(f"{name}-y.csv", y.reshape(len(x), -1), delimiter=",", fmt="%.9g")


for name, (cls, exporter, opset, example) in MODELS.items():
    torch.manual_seed(1)
    module, x = cls().eval(), example(4)
    if exporter == "dynamo":
        batch = ({0: torch.export.Dim("batch")},)
        made = torch.onnx.export(module, (x,), dynamo=True, opset_version=opset, dynamic_shapes=batch).model_proto
    else:
        torch.onnx.export(module, (x,), "made.onnx", dynamo=False, opset_version=opset, input_names=["x"], dynamic_axes={"x": {0: "batch"}})
        made = onnx.load("made.onnx")
    # Neither where it was made nor from which lines.
    del made.metadata_props[:]
    for node in made.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    for value in [*made.graph.value_info]:
        made.graph.value_info.remove(value)
    with torch.no_grad():
        write(name, made, x, module(x).numpy())

# The nodes of onnxruntime and of opset 23, each of which is a whole attention.
torch.manual_seed(2)
x, w, b = floats(5, 8)(4), torch.randn(8, 24), torch.randn(24)
with torch.no_grad():
    q, k, v = ((x @ w + b)[..., i * 8:(i + 1) * 8].view(4, 5, 2, 4).transpose(1, 2) for i in range(3))
    y = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(4, 5, 8).numpy()
constants = [numpy_helper.from_array(w.numpy(), "w"), numpy_helper.from_array(b.numpy(), "b")]
sizes = numpy_helper.from_array(np.array([8, 8, 8]), "sizes")
for name, nodes, more, opsets in (
        ("torch-projected", [helper.make_node("Attention", ["x", "w", "b"], ["y"], domain="com.microsoft", num_heads=2, unidirectional=1)],
         [], [("", 17), ("com.microsoft", 1)]),
        ("torch-whole", [helper.make_node("MatMul", ["x", "w"], ["p"]), helper.make_node("Add", ["p", "b"], ["a"]),
                         helper.make_node("Split", ["a", "sizes"], ["q", "k", "v"], axis=2),
                         helper.make_node("Attention", ["q", "k", "v"], ["y"], q_num_heads=2, kv_num_heads=2, is_causal=1)],
         [sizes], [("", 23)])):
    graph = helper.make_graph(nodes, name, [helper.make_tensor_value_info("x", 1, ["batch", 5, 8])],
                              [helper.make_tensor_value_info("y", 1, ["batch", 5, 8])], constants + more)
    write(name, helper.make_model(graph, opset_imports=[helper.make_opsetid(*opset) for opset in opsets], ir_version=10), x, y)

"""Makes the models beside this file with python's onnx, and what onnxruntime computes with them. Run once, by hand:
    python make.py        (onnx 1.23.1, onnxruntime 1.30.0, numpy 2.4.6)
"""
import os
import shutil

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

random = np.random.default_rng(7)


def floats(*shape):
    return np.round(random.normal(0, 0.5, shape), 2).astype(np.float32)


def save(name, nodes, constants, x, output_rank, opset, raw=True):
    graph = helper.make_graph(
        nodes, name,
        [helper.make_tensor_value_info("x", helper.np_dtype_to_tensor_dtype(x.dtype), ["batch", *x.shape[1:]])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None] * output_rank)],
        [numpy_helper.from_array(v, k) if raw or v.dtype != np.float32 else
         helper.make_tensor(k, TensorProto.FLOAT, v.shape, v.flatten().tolist()) for k, v in constants.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8 if opset < 20 else 9 if opset < 23 else 11)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, f"{name}.onnx")
    y = onnxruntime.InferenceSession(model.SerializeToString()).run(None, {"x": x})[0]
    if x.dtype == np.int64:
        x = x + 1  # numbers of rows are from 1
    np.savetxt(f"{name}-x.csv", x.reshape(len(x), -1), delimiter=",", fmt="%.9g")
    np.savetxt(f"{name}-y.csv", y.reshape(len(y), -1), delimiter=",", fmt="%.9g")


node = helper.make_node
# As torch exports nn.Linear (weights turned), and as keras does (a product and a sum); floats in the old, not the raw form.
save("mlp", [
    node("Gemm", ["x", "w1", "b1"], ["a"], transB=1),
    node("LeakyRelu", ["a"], ["b"], alpha=0.2),
    node("MatMul", ["b", "w2"], ["c"]), node("Add", ["c", "b2"], ["d"]), node("Gelu", ["d"], ["e"], approximate="tanh"),
    node("LayerNormalization", ["e", "g", "h"], ["f"], axis=-1, epsilon=1e-3),
    node("Dropout", ["f", "ratio"], ["i"]), node("Sigmoid", ["i"], ["j"]), node("Mul", ["i", "j"], ["k"]),
    node("Elu", ["k"], ["l"], alpha=0.5), node("Identity", ["l"], ["m"]), node("Gemm", ["m", "w3"], ["n"], alpha=2.0),
    node("LogSoftmax", ["n"], ["y"])],
    {"w1": floats(6, 4), "b1": floats(6), "w2": floats(6, 5), "b2": floats(5), "g": floats(5), "h": floats(5),
     "ratio": np.array(0.25, np.float32), "w3": floats(5, 3)}, floats(3, 4), 2, 20, raw=False)
save("cnn", [
    node("Conv", ["x", "w1", "b1"], ["a"], kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[1, 1]),
    node("BatchNormalization", ["a", "s", "o", "m", "v"], ["b"], epsilon=1e-4), node("Relu", ["b"], ["c"]),
    node("MaxPool", ["c"], ["d"], kernel_shape=[2, 2], strides=[2, 2]),
    node("Conv", ["d", "w2"], ["e"], auto_pad="SAME_UPPER", kernel_shape=[3, 3]), node("Tanh", ["e"], ["f"]),
    node("AveragePool", ["f"], ["g"], kernel_shape=[2, 2], strides=[1, 1], pads=[1, 0, 1, 0], count_include_pad=1),
    node("Reshape", ["g", "shape"], ["h"]), node("Gemm", ["h", "w3", "b3"], ["i"]), node("Softmax", ["i"], ["y"], axis=1)],
    {"w1": floats(3, 2, 3, 3), "b1": floats(3), "s": floats(3), "o": floats(3), "m": floats(3), "v": np.abs(floats(3)) + np.float32(0.1),
     "w2": floats(4, 3, 3, 3), "shape": np.array([-1, 48], np.int64), "w3": floats(48, 5), "b3": floats(5)}, floats(2, 2, 6, 8), 2, 17)
# Batches of features, global means of images.
save("pooled", [
    node("GlobalAveragePool", ["x"], ["a"]), node("Flatten", ["a"], ["b"], axis=1),
    node("BatchNormalization", ["b", "s", "o", "m", "v"], ["c"]), node("Softmax", ["c"], ["y"])],
    {"s": floats(3), "o": floats(3), "m": floats(3), "v": np.abs(floats(3)) + np.float32(0.1)}, floats(2, 3, 4, 5), 2, 13)
# As torch writes x.mean((2, 3)) and, with torch.onnx.export(dynamo=False), x.view(x.size(0), x.size(1) * 12): a shape that nodes compute.
save("mean", [
    node("Conv", ["x", "w", "b"], ["a"], kernel_shape=[2, 2]), node("ReduceMean", ["a", "axes"], ["c"], keepdims=0),
    node("Gemm", ["c", "w2"], ["y"])],
    {"w": floats(3, 2, 2, 2), "b": floats(3), "axes": np.array([-1, 2], np.int64), "w2": floats(3, 2)}, floats(2, 2, 4, 5), 2, 18)
save("shaped", [
    node("Conv", ["x", "w"], ["a"], kernel_shape=[2, 2]), node("Shape", ["x"], ["s"]), node("Gather", ["s", "zero"], ["n"], axis=0),
    node("Shape", ["a"], ["t"]), node("Slice", ["t", "from", "to"], ["c"]), node("Mul", ["c", "twelve"], ["d"]),
    node("Unsqueeze", ["n", "axis"], ["u"]), node("Concat", ["u", "d"], ["shape"], axis=0),
    node("Reshape", ["a", "shape"], ["e"]), node("Relu", ["e"], ["y"])],
    {"w": floats(3, 2, 2, 2), "zero": np.array(0, np.int64), "from": np.array([1], np.int64), "to": np.array([-2], np.int64),
     "twelve": np.array([12], np.int64), "axis": np.array([0], np.int64)}, floats(2, 2, 4, 5), 2, 17)
# Not of our layers.
for name, nodes in {
        "broadcast": [node("Flatten", ["x"], ["a"]), node("Add", ["a", "x"], ["y"])],
        "sums": [node("Relu", ["x"], ["y-1"])] + [node("Add", [f"y{i - 1}", "x" if i == 0 else f"y{i - 2}"], ["y" if i == 60 else f"y{i}"]) for i in range(61)],
        "transposed": [node("Transpose", ["x"], ["y"])],
        "lopsided": [node("Conv", ["x", "w"], ["y"], group=2, pads=[0, 0, 0, 2 ** 40])],
        "misfit": [node("Conv", ["x", "w"], ["y"], group=3)]}.items():
    shape = ["batch", 4] if name == "transposed" else ["batch", 2, 4, 4]
    graph = helper.make_graph(nodes, name, [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
                              [numpy_helper.from_array(floats(2, 1, 3, 3), "w")] if name in ("misfit", "lopsided") else
                              [])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), f"{name}.onnx")
# Weights in a second file, and a bias that is small enough to stay inside.
save("outside", [
    node("Conv", ["x", "w", "b"], ["a"], kernel_shape=[2, 2]), node("Flatten", ["a"], ["c"]), node("Gemm", ["c", "w2"], ["y"])],
    {"w": floats(3, 2, 2, 2), "b": floats(3), "w2": floats(36, 2)}, floats(2, 2, 4, 5), 2, 18)
shutil.rmtree("weights", ignore_errors=True)
os.mkdir("weights")
onnx.save(onnx.load("outside.onnx"), "outside.onnx", save_as_external_data=True, location="weights/w.bin", size_threshold=16)
# What each cell becomes by itself.
save("cells", [
    node("Gemm", ["x", "w"], ["a"]), node("Gelu", ["a"], ["b"]), node("Gemm", ["b", "w"], ["c"]), node("Selu", ["c"], ["d"]),
    node("HardSwish", ["d"], ["e"]), node("Gemm", ["e", "w"], ["f"]), node("HardSigmoid", ["f"], ["g"], alpha=0.25),
    node("Gemm", ["g", "w"], ["h"]), node("Softplus", ["h"], ["i"]), node("Gemm", ["i", "w"], ["j"]), node("PRelu", ["j", "half"], ["k"]),
    node("Celu", ["k"], ["l"], alpha=0.7), node("Gemm", ["l", "w"], ["m"]), node("Clip", ["m", "low", "high"], ["n"]),
    node("Clip", ["n", "", "half"], ["y"])],
    {"w": floats(6, 6) * 4, "half": np.array([0.5], np.float32), "low": np.array(-2, np.float32), "high": np.array(1.5, np.float32)},
    floats(5, 6) * 4, 2, 20)
# Convolutions in groups, of each channel by itself, and with gaps; the largest cell of each channel; sizes that go up without a rest.
save("groups", [
    node("Conv", ["x", "w1", "b1"], ["a"], group=2, kernel_shape=[3, 3], pads=[1, 0, 1, 0], strides=[1, 2]), node("Relu", ["a"], ["b"]),
    node("Conv", ["b", "w2"], ["c"], group=6, dilations=[2, 1]), node("Conv", ["c", "w3"], ["d"], pads=[0, 2, 0, 2], dilations=[1, 2]),
    node("MaxPool", ["d"], ["e"], kernel_shape=[2, 2], strides=[2, 1], ceil_mode=1),
    node("ReduceMax", ["e", "axes"], ["f"], keepdims=0), node("Gemm", ["f", "w4"], ["y"])],
    {"w1": floats(6, 2, 3, 3), "b1": floats(6), "w2": floats(6, 1, 3, 2), "w3": floats(4, 6, 1, 3), "axes": np.array([2, 3], np.int64),
     "w4": floats(4, 3)}, floats(3, 4, 8, 9), 2, 18)
# Two blocks of a residual network, one around the other and one with a convolution beside; weights that are the same have another name.
save("residual", [
    node("Identity", ["s"], ["s2"]), node("Relu", ["x"], ["a"]), node("Conv", ["a", "w1"], ["b"], pads=[1, 1, 1, 1]),
    node("BatchNormalization", ["b", "s", "o", "m", "v"], ["c"]), node("Add", ["a", "c"], ["d"]), node("Relu", ["d"], ["e"]),
    node("Conv", ["e", "w2"], ["f"], kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[2, 2]), node("Relu", ["f"], ["g"]),
    node("Conv", ["g", "w3"], ["h"], pads=[1, 1, 1, 1]), node("Add", ["h", "g"], ["i"]),
    node("Conv", ["e", "w4"], ["j"], strides=[2, 2]), node("Add", ["j", "i"], ["k"]), node("Add", ["k", "g"], ["n"]),
    node("GlobalAveragePool", ["n"], ["p"]), node("Flatten", ["p"], ["q"]), node("Gemm", ["q", "w5", "s2"], ["r"]), node("Add", ["r", "q"], ["y"])],
    {"w1": floats(2, 2, 3, 3), "s": floats(2), "o": floats(2), "m": floats(2), "v": np.abs(floats(2)) + np.float32(0.1),
     "w2": floats(2, 2, 3, 3), "w3": floats(2, 2, 3, 3), "w4": floats(2, 2, 1, 1), "w5": floats(2, 2)}, floats(3, 2, 6, 6), 2, 17)
# GELU spelled out, as PyTorch writes it before opset 20, and in two other orders.
save("erf", [
    node("Gemm", ["x", "w"], ["a"]), node("Div", ["a", "root"], ["a1"]), node("Erf", ["a1"], ["a2"]), node("Add", ["a2", "one"], ["a3"]),
    node("Mul", ["a", "a3"], ["a4"]), node("Mul", ["a4", "half"], ["b"]),
    node("Mul", ["half", "b"], ["b1"]), node("Mul", ["b", "inverse"], ["b2"]), node("Erf", ["b2"], ["b3"]), node("Add", ["one", "b3"], ["b4"]),
    node("Mul", ["b1", "b4"], ["c"]), node("Gemm", ["c", "w"], ["d"]),
    node("Div", ["d", "root"], ["d1"]), node("Erf", ["d1"], ["d2"]), node("Add", ["d2", "one"], ["d3"]), node("Mul", ["d3", "half"], ["d4"]),
    node("Mul", ["d4", "d"], ["e"]), node("Sigmoid", ["e"], ["f"]), node("Mul", ["e", "f"], ["y"])],
    {"w": floats(6, 6) * 4, "root": np.array(2 ** 0.5, np.float32), "inverse": np.array([0.5 ** 0.5], np.float32), "one": np.array(1, np.float32),
     "half": np.array(0.5, np.float32)}, floats(5, 6) * 4, 2, 17)
# More padding on one side, stated and automatic, as Keras writes it.
save("sides", [
    node("Conv", ["x", "w1"], ["a"], pads=[0, 2, 1, 0], strides=[2, 1]), node("Conv", ["a", "w2"], ["b"], auto_pad="SAME_UPPER", strides=[2, 2]),
    node("Conv", ["b", "w2"], ["c"], auto_pad="SAME_LOWER"), node("Flatten", ["c"], ["y"])],
    {"w1": floats(2, 2, 3, 3), "w2": floats(2, 2, 2, 4)}, floats(3, 2, 9, 8), 2, 17)
# A text model: each of its steps, as torch writes it, with the first states made of the number of examples.
save("text", [
    node("Gather", ["e", "x"], ["a"]), node("Transpose", ["a"], ["b"], perm=[1, 0, 2]), node("Shape", ["b"], ["s"]),
    node("Gather", ["s", "one"], ["n"]), node("Unsqueeze", ["n", "axis0"], ["n1"]), node("Concat", ["ones", "n1", "units"], ["shape"], axis=0),
    node("ConstantOfShape", ["shape"], ["zero"]), node("LSTM", ["b", "w", "r", "bias", "", "zero", "zero"], ["c", "", ""], hidden_size=6),
    node("Squeeze", ["c", "axis1"], ["d"]), node("Transpose", ["d"], ["f"], perm=[1, 0, 2]), node("LayerNormalization", ["f", "g", "h"], ["i"], axis=-1),
    node("MatMul", ["i", "w2"], ["j"]), node("Add", ["b2", "j"], ["k"]), node("LogSoftmax", ["k"], ["y"], axis=-1)],
    {"e": floats(9, 5), "one": np.array(1, np.int64), "axis0": np.array([0], np.int64), "ones": np.array([1], np.int64), "units": np.array([6], np.int64),
     "w": floats(1, 24, 5), "r": floats(1, 24, 6), "bias": floats(1, 48), "axis1": np.array([1], np.int64), "g": floats(6), "h": floats(6),
     "w2": floats(6, 4), "b2": floats(4)}, random.integers(0, 9, (3, 7)), 3, 17)
# Sequences of numbers; the last step in three ways.
save("steps", [
    node("Transpose", ["x"], ["a"], perm=[1, 0, 2]), node("GRU", ["a", "w", "r", "bias"], ["b"], hidden_size=6, linear_before_reset=1),
    node("Squeeze", ["b", "axis1"], ["c"]), node("RNN", ["c", "w2", "r2"], ["", "d"], hidden_size=4), node("Squeeze", ["d", "axis0"], ["e"]),
    node("GRU", ["c", "w", "r3", "bias"], ["f"], hidden_size=6, linear_before_reset=1), node("Transpose", ["f"], ["g"], perm=[2, 0, 1, 3]),
    node("Reshape", ["g", "shape"], ["h"]), node("Gather", ["h", "last"], ["i"], axis=1), node("Gemm", ["i", "w4"], ["j"]),
    node("Slice", ["c", "from", "to", "axis0"], ["k"]), node("Squeeze", ["k", "axis0"], ["l"]), node("Gemm", ["l", "w4"], ["m"]),
    node("Add", ["e", "j"], ["o"]), node("Add", ["o", "m"], ["y"])],
    {"w": floats(1, 18, 6), "r": floats(1, 18, 6), "bias": floats(1, 36), "axis1": np.array([1], np.int64), "axis0": np.array([0], np.int64),
     "w2": floats(1, 4, 6), "r2": floats(1, 4, 4), "r3": floats(1, 18, 6), "shape": np.array([0, 0, -1], np.int64), "last": np.array(-1, np.int64),
     "w4": floats(6, 4), "from": np.array([-1], np.int64), "to": np.array([2 ** 62], np.int64)}, floats(3, 7, 6), 2, 17)
for name, nodes in {
        "unknown": [node("Det", ["x"], ["y"])], "turned": [node("MatMul", ["w", "x"], ["y"])],
        "resets": [node("Transpose", ["x"], ["a"], perm=[1, 0, 2]), node("GRU", ["a", "w", "w"], ["y"], hidden_size=4)]}.items():
    graph = helper.make_graph(nodes, name, [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 4, 4])],
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)], [numpy_helper.from_array(floats(1, 12, 4), "w")])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), f"{name}.onnx")
# A gate of each channel, one of each cell, and hard_swish as its product.
save("gated", [
    node("Conv", ["x", "w1"], ["a"]), node("GlobalAveragePool", ["a"], ["b"]), node("Conv", ["b", "w2"], ["c"]), node("Sigmoid", ["c"], ["d"]),
    node("Mul", ["d", "a"], ["e"]), node("Relu", ["e"], ["f"]), node("Tanh", ["e"], ["g"]), node("Mul", ["f", "g"], ["h"]),
    node("HardSigmoid", ["h"], ["i"], alpha=1 / 6, beta=0.5), node("Mul", ["h", "i"], ["j"]), node("Flatten", ["j"], ["y"])],
    {"w1": floats(3, 2, 3, 3), "w2": floats(3, 3, 1, 1)}, floats(2, 2, 5, 6), 2, 17)
# Borders: by a node, on one side of poolings, by sizes that are rounded up, and means without padding.
save("pads", [
    node("Pad", ["x", "pads", "value"], ["a"]), node("Conv", ["a", "w"], ["b"]), node("MaxPool", ["b"], ["c"], kernel_shape=[2, 3], pads=[0, 1, 1, 2], strides=[1, 1]),
    node("MaxPool", ["c"], ["d"], kernel_shape=[3, 2], strides=[2, 2], ceil_mode=1), node("MaxPool", ["d"], ["e"], kernel_shape=[2, 2], pads=[1, 1, 1, 1], strides=[3, 3], ceil_mode=1),
    node("AveragePool", ["e"], ["f"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]), node("AveragePool", ["f"], ["g"], kernel_shape=[2, 2], pads=[0, 1, 0, 0], count_include_pad=1),
    node("Flatten", ["g"], ["y"])],
    {"w": floats(3, 2, 3, 3), "pads": np.array([0, 0, 1, 0, 0, 0, 2, 1], np.int64), "value": np.array(0.5, np.float32)}, floats(2, 2, 11, 12), 2, 17)
# Larger images, normalization as torch writes it, scales and shifts.
save("larger", [
    node("ConvTranspose", ["x", "w1", "b1"], ["a"], strides=[2, 1], pads=[1, 0, 1, 0], output_padding=[1, 0]), node("Reshape", ["a", "groups"], ["b"]),
    node("InstanceNormalization", ["b", "ones", "zeros"], ["c"], epsilon=1e-3), node("Shape", ["a"], ["s"]), node("Reshape", ["c", "s"], ["d"]),
    node("Mul", ["d", "scale"], ["e"]), node("Add", ["e", "shift"], ["f"]), node("Resize", ["f", "", "factors"], ["g"], mode="nearest"),
    node("InstanceNormalization", ["g", "shift4", "scale4"], ["h"]), node("ConvTranspose", ["h", "w2"], ["i"], group=4, strides=[2, 2]),
    node("Add", ["i", "shift"], ["j"]), node("Flatten", ["j"], ["k"]), node("Mul", ["wide", "k"], ["y"])],
    {"w1": floats(2, 4, 3, 2), "b1": floats(4), "groups": np.array([0, 2, -1], np.int64), "ones": np.ones(2, np.float32), "zeros": np.zeros(2, np.float32),
     "scale": floats(4, 1, 1), "shift": floats(1, 4, 1, 1), "factors": np.array([1, 1, 2, 3], np.float32), "scale4": floats(4), "shift4": floats(4),
     "w2": floats(4, 1, 3, 2), "wide": floats(4 * 25 * 24)}, floats(2, 2, 3, 3), 2, 17)
for name, nodes in {
        "linear": [node("Resize", ["x", "", "factors"], ["y"], mode="linear", coordinate_transformation_mode="tf_crop_and_resize")],
        "rounded": [node("AveragePool", ["x"], ["y"], kernel_shape=[1, 2], pads=[1, 1, 0, 0])]}.items():
    graph = helper.make_graph(nodes, name, [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 2, 4, 4])],
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
                              [numpy_helper.from_array(np.array([1, 1, 2, 2], np.float32), "factors"), numpy_helper.from_array(np.array([0, 0, 1, 1, 0, 0, 1, 1], np.int64), "pads")])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), f"{name}.onnx")
# A border as torch.onnx.export(dynamo=False) writes it: its sizes are computed from constants.
save("bordered", [
    node("ConstantOfShape", ["four"], ["a"], value=helper.make_tensor("v", TensorProto.INT64, [1], [0])), node("Concat", ["sizes", "a"], ["b"], axis=0),
    node("Reshape", ["b", "pairs"], ["c"]), node("Slice", ["c", "minus", "first", "zero", "minus"], ["d"]), node("Transpose", ["d"], ["e"], perm=[1, 0]),
    node("Reshape", ["e", "minus"], ["f"]), node("Cast", ["f"], ["g"], to=7), node("Pad", ["x", "g", "none"], ["h"]), node("Conv", ["h", "w"], ["i"]),
    node("Flatten", ["i"], ["y"])],
    {"four": np.array([4], np.int64), "sizes": np.array([1, 2, 0, 3], np.int64), "pairs": np.array([-1, 2], np.int64), "minus": np.array([-1], np.int64),
     "first": np.array([-2 ** 63 + 1], np.int64), "zero": np.array([0], np.int64), "none": np.array(0, np.float32), "w": floats(2, 2, 3, 3)}, floats(2, 2, 4, 4), 2, 17)
# Layer normalization spelled out, as torch writes it before opset 17, of rows and with another square.
save("spelled", [
    node("Gemm", ["x", "w"], ["a"]), node("ReduceMean", ["a"], ["b"], axes=[-1]), node("Sub", ["a", "b"], ["c"]), node("Pow", ["c", "two"], ["d"]),
    node("ReduceMean", ["d"], ["e"], axes=[-1]), node("Add", ["e", "eps"], ["f"]), node("Sqrt", ["f"], ["g"]), node("Div", ["c", "g"], ["h"]),
    node("Mul", ["h", "scale"], ["i"]), node("Add", ["i", "shift"], ["j"]), node("ReduceMean", ["j"], ["k"], axes=[1]), node("Sub", ["j", "k"], ["l"]),
    node("Mul", ["l", "l"], ["m"]), node("ReduceMean", ["m"], ["n"], axes=[1]), node("Add", ["eps", "n"], ["o"]), node("Sqrt", ["o"], ["p"]), node("Div", ["l", "p"], ["y"])],
    {"w": floats(4, 6), "two": np.array(2, np.float32), "eps": np.array(1e-3, np.float32), "scale": floats(6), "shift": floats(6)}, floats(3, 4), 2, 13)
# Shapes of a part of another one, a bias of images, a scale of one channel, all examples, and the last number of a recurrent layer's one step.
save("regrouped", [
    node("Slice", ["x", "zero", "max", "zero"], ["a"]), node("MatMul", ["a", "w1"], ["b"]), node("Shape", ["x"], ["s"], end=1), node("Unsqueeze", ["two", "zero"], ["t"]),
    node("Concat", ["s", "t", "minus"], ["shape"], axis=0), node("Reshape", ["b", "shape"], ["c"]), node("Add", ["c", "b1"], ["d"]), node("Softmax", ["d"], ["e"], axis=-1),
    node("Reshape", ["e", "image"], ["f"]), node("Conv", ["f", "w2"], ["g"]), node("Mul", ["g", "scale"], ["h"]), node("Flatten", ["h"], ["i"]), node("Unsqueeze", ["i", "one"], ["j"]),
    node("Transpose", ["j"], ["k"], perm=[1, 0, 2]), node("RNN", ["k", "w3", "r3"], ["l"], hidden_size=4), node("Gather", ["l", "last"], ["m"], axis=3), node("Squeeze", ["m", "one"], ["n"]),
    node("Transpose", ["n"], ["o"], perm=[1, 0]), node("Mul", ["o", "two1"], ["y"])],
    {"zero": np.array([0], np.int64), "max": np.array([2 ** 62], np.int64), "w1": floats(4, 12), "two": np.array(2, np.int64), "minus": np.array([-1], np.int64), "b1": floats(2, 6),
     "image": np.array([0, 2, 2, 3], np.int64), "w2": floats(1, 2, 1, 2), "scale": floats(1, 1, 1), "one": np.array([1], np.int64), "w3": floats(1, 4, 4), "r3": floats(1, 4, 4),
     "last": np.array(-1, np.int64), "two1": np.array([2], np.float32)}, floats(3, 4), 2, 17)
# Values side by side: channels, of which the first two come again, rows of images, steps, and numbers of each step.
save("joined", [
    node("Concat", ["x", "x"], ["a"], axis=1), node("Conv", ["a", "w1"], ["b"], pads=[1, 1, 1, 1]), node("Concat", ["x", "x", "b"], ["c"], axis=-3), node("Conv", ["c", "w2"], ["d"]),
    node("Relu", ["d"], ["e"]), node("Concat", ["e", "d"], ["f"], axis=2), node("MaxPool", ["f"], ["g"], kernel_shape=[2, 1]), node("Reshape", ["g", "steps"], ["h"]),
    node("MatMul", ["h", "w3"], ["i"]), node("Concat", ["i", "h", "i"], ["j"], axis=2), node("Softmax", ["j"], ["k"], axis=-1), node("Concat", ["k", "j"], ["l"], axis=1), node("Flatten", ["l"], ["m"]),
    node("Tanh", ["m"], ["n"]), node("Concat", ["n", "m"], ["y"], axis=1)],
    {"w1": floats(3, 4, 3, 3), "w2": floats(2, 7, 2, 2), "steps": np.array([0, 10, -1], np.int64), "w3": floats(3, 4)}, floats(2, 2, 4, 4), 2, 17)
# Recurrent layers of both directions, as torch writes them, and what it makes of their last states.
save("both", [
    node("Transpose", ["x"], ["a"], perm=[1, 0, 2]), node("LSTM", ["a", "w1", "r1", "b1"], ["b", "bh"], hidden_size=3, direction="bidirectional"), node("Transpose", ["b"], ["c"], perm=[0, 2, 1, 3]),
    node("Reshape", ["c", "shape"], ["d"]), node("GRU", ["d", "w2", "r2", "b2"], ["e", "eh"], hidden_size=3, direction="bidirectional", linear_before_reset=1), node("Transpose", ["e"], ["f"], perm=[0, 2, 1, 3]),
    node("Reshape", ["f", "shape"], ["g"]), node("RNN", ["g", "w3", "r3", "b3"], ["", "h"], hidden_size=3, direction="bidirectional", activations=["Tanh", "Tanh"]),
    node("Concat", ["bh", "eh", "h"], ["i"], axis=0), node("Gather", ["i", "four"], ["j"], axis=0), node("Gather", ["i", "minus"], ["k"], axis=0), node("Concat", ["j", "k"], ["l"], axis=1),
    node("Gather", ["bh", "zero"], ["m"], axis=0), node("Gather", ["g", "minus"], ["n"], axis=0), node("Concat", ["l", "n", "m"], ["y"], axis=1)],
    {"w1": floats(2, 12, 4), "r1": floats(2, 12, 3), "b1": floats(2, 24), "shape": np.array([0, 0, -1], np.int64), "w2": floats(2, 9, 6), "r2": floats(2, 9, 3), "b2": floats(2, 18),
     "w3": floats(2, 3, 6), "r3": floats(2, 3, 3), "b3": floats(2, 6), "zero": np.array(0, np.int64), "four": np.array(4, np.int64), "minus": np.array(-1, np.int64)}, floats(3, 5, 4), 2, 17)
# A slope for each channel, for each cell and for each column.
save("slopes", [
    node("PRelu", ["x", "s1"], ["a"]), node("PRelu", ["a", "s2"], ["b"]), node("Flatten", ["b"], ["c"]), node("Gemm", ["c", "w"], ["d"]), node("PRelu", ["d", "s3"], ["y"])],
    {"s1": floats(2, 1, 1), "s2": floats(2, 3, 3), "w": floats(18, 4), "s3": floats(4)}, floats(3, 2, 3, 3) * 3, 2, 17)
# Functions of cells spelled out: GELU by tanh as torch writes it with both exporters and in another order, hard_swish and hard_sigmoid; a square that is none of these.
save("curves", [
    node("Gemm", ["x", "w"], ["a"]), node("Mul", ["a", "a"], ["a1"]), node("Mul", ["a", "a1"], ["a2"]), node("Mul", ["cube", "a2"], ["a3"]), node("Add", ["a", "a3"], ["a4"]),
    node("Mul", ["root", "a4"], ["a5"]), node("Tanh", ["a5"], ["a6"]), node("Add", ["a6", "one"], ["a7"]), node("Mul", ["a", "a7"], ["a8"]), node("Mul", ["a8", "half"], ["b"]),
    node("Gemm", ["b", "w"], ["c"]), node("Pow", ["c", "three"], ["c1"]), node("Mul", ["c1", "cube"], ["c2"]), node("Add", ["c2", "c"], ["c3"]), node("Mul", ["c3", "root"], ["c4"]), node("Tanh", ["c4"], ["c5"]),
    node("Add", ["one", "c5"], ["c6"]), node("Mul", ["c", "half"], ["c7"]), node("Mul", ["c7", "c6"], ["d"]), node("Add", ["d", "three"], ["d1"]), node("Clip", ["d1", "zero", "six"], ["d2"]),
    node("Mul", ["d", "d2"], ["d3"]), node("Div", ["d3", "six"], ["e"]), node("Gemm", ["e", "w"], ["f"]), node("Add", ["f", "three"], ["f1"]), node("Clip", ["f1", "zero", "six"], ["f2"]), node("Div", ["f2", "six"], ["f3"]),
    node("Mul", ["f3", "f"], ["g"]), node("Gemm", ["g", "w"], ["h"]), node("Mul", ["h", "fifth"], ["h1"]), node("Add", ["h1", "half"], ["h2"]), node("Clip", ["h2", "zero", "one"], ["i"]),
    node("Mul", ["i", "i"], ["j"]), node("Add", ["j", "i"], ["y"])],
    {"w": floats(6, 6) * 2, "cube": np.array(0.044715, np.float32), "root": np.array((2 / np.pi) ** 0.5, np.float32), "one": np.array(1, np.float32), "half": np.array(0.5, np.float32),
     "three": np.array(3, np.float32), "zero": np.array(0, np.float32), "six": np.array(6, np.float32), "fifth": np.array(0.2, np.float32)}, floats(5, 6) * 2, 2, 17)
# RMSNorm spelled out, as torch writes it with both exporters, and by a division; and its node, of steps, with scales that are filled in.
save("roots", [
    node("Gemm", ["x", "w"], ["a"]), node("Pow", ["a", "two"], ["a1"]), node("ReduceMean", ["a1", "axis"], ["a2"]), node("Add", ["a2", "eps"], ["a3"]), node("Sqrt", ["a3"], ["a4"]), node("Reciprocal", ["a4"], ["a5"]),
    node("Mul", ["a", "a5"], ["a6"]), node("Mul", ["a6", "scale"], ["b"]), node("Gemm", ["b", "w2"], ["c"]), node("Mul", ["c", "c"], ["c1"]), node("ReduceMean", ["c1", "axis"], ["c2"]), node("Add", ["c2", "eps"], ["c3"]),
    node("Sqrt", ["c3"], ["c4"]), node("Div", ["one", "c4"], ["c5"]), node("Mul", ["c5", "c"], ["d"]), node("Reshape", ["d", "shape"], ["e"]), node("Mul", ["e", "e"], ["e1"]), node("ReduceMean", ["e1", "axis"], ["e2"]),
    node("Add", ["eps", "e2"], ["e3"]), node("Sqrt", ["e3"], ["e4"]), node("Div", ["e", "e4"], ["f"]), node("Mul", ["scale3", "f"], ["g"]), node("Flatten", ["g"], ["y"])],
    {"w": floats(4, 6), "two": np.array(2, np.float32), "axis": np.array([-1], np.int64), "eps": np.array(1e-3, np.float32), "scale": floats(6), "w2": floats(6, 6), "one": np.array(1, np.float32),
     "shape": np.array([0, 2, 3], np.int64), "scale3": floats(3)}, floats(3, 4), 2, 18)
save("root", [
    node("RMSNormalization", ["x", "scale"], ["a"], epsilon=1e-3), node("MatMul", ["a", "w"], ["b"]), node("Shape", ["b"], ["s"]),
    node("ConstantOfShape", ["s"], ["ones"], value=helper.make_tensor("v", TensorProto.FLOAT, [1], [1])), node("RMSNormalization", ["b", "ones"], ["c"], axis=2), node("Flatten", ["c"], ["y"])],
    {"scale": floats(4), "w": floats(4, 3)}, floats(3, 5, 4), 2, 23)
# Parts: of channels, of columns, and gates of them.
save("parted", [
    node("Split", ["x", "sizes"], ["a", "b"], axis=1), node("Sigmoid", ["b"], ["c"]), node("Concat", ["a", "c"], ["d"], axis=1), node("Slice", ["d", "one", "max", "one"], ["e"]), node("Gather", ["x", "first"], ["f"], axis=1),
    node("Flatten", ["e"], ["g"]), node("Split", ["g"], ["h", "i"], axis=1), node("Tanh", ["i"], ["j"]), node("Mul", ["h", "j"], ["k"]), node("Flatten", ["f"], ["l"]), node("Slice", ["l", "one", "minus", "one"], ["m"]),
    node("Concat", ["h", "i", "m", "k"], ["n"], axis=1), node("Gemm", ["n", "w"], ["o"]), node("Reshape", ["o", "shape"], ["p"]), node("Split", ["p"], ["q", "r"], axis=-1), node("Relu", ["q"], ["s"]), node("Add", ["s", "r"], ["t"]),
    node("Flatten", ["t"], ["y"])],
    {"sizes": np.array([1, 2], np.int64), "one": np.array([1], np.int64), "max": np.array([2 ** 62], np.int64), "first": np.array(1, np.int64), "minus": np.array([-1], np.int64), "w": floats(14, 12),
     "shape": np.array([0, 3, 4], np.int64)}, floats(3, 3, 2, 2), 2, 17)
# Weights of other types, as bytes and as lists, that nodes make floats.
types = [TensorProto.DOUBLE, TensorProto.FLOAT16, TensorProto.BFLOAT16, TensorProto.UINT32]
graph = helper.make_graph(
    [node("Cast", [f"w{i}"], [f"c{i}"], to=TensorProto.FLOAT) for i in range(7)] + [node("Gemm", ["x" if i == 0 else f"a{i - 1}", f"c{i}"], [f"a{i}"]) for i in range(6)] + [node("Mul", ["a5", "c6"], ["y"])], "types",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 3])], [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", 3])],
    [numpy_helper.from_array(floats(3, 3).astype(helper.tensor_dtype_to_np_dtype(t)), f"w{i}") for i, t in enumerate(types[:3])]
    + [helper.make_tensor(f"w{i + 3}", t, (3, 3), floats(3, 3).flatten().tolist()) for i, t in enumerate(types[:3])] + [helper.make_tensor("w6", types[3], (3,), [3, 1, 2])])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
onnx.checker.check_model(model, full_check=True)
onnx.save(model, "types.onnx")
x = floats(4, 3)
np.savetxt("types-x.csv", x, delimiter=",", fmt="%.9g")
np.savetxt("types-y.csv", onnxruntime.InferenceSession("types.onnx").run(None, {"x": x})[0], delimiter=",", fmt="%.9g")
# Colours less their means, by their deviations, as programs put it before a network; and rows.
save("colours", [
    node("Sub", ["x", "mean"], ["a"]), node("Div", ["a", "sd"], ["b"]), node("Conv", ["b", "w1"], ["c"]), node("Flatten", ["c"], ["d"]), node("Gemm", ["d", "w2"], ["e"]), node("Sub", ["e", "bias"], ["f"]),
    node("Relu", ["f"], ["g"]), node("Div", ["g", "bias"], ["y"])],
    {"mean": floats(1, 3, 1, 1), "sd": np.abs(floats(3, 1, 1)) + np.float32(0.5), "w1": floats(2, 3, 2, 2), "w2": floats(8, 4), "bias": np.abs(floats(4)) + np.float32(0.5)}, floats(3, 3, 3, 3), 2, 17)
# Channels of two groups that are shuffled as in shufflenet, with a part that is left alone; channels to the end and back, and extents in the opposite order.
save("shuffled", [
    node("Split", ["x"], ["a", "b"], axis=1, num_outputs=2), node("Conv", ["b", "w1"], ["c"], pads=[1, 1, 1, 1]), node("Concat", ["a", "c"], ["d"], axis=1), node("Reshape", ["d", "groups"], ["e"]),
    node("Transpose", ["e"], ["f"], perm=[0, 2, 1, 3, 4]), node("Reshape", ["f", "images"], ["g"]), node("Conv", ["g", "w2"], ["h"], group=2), node("Transpose", ["h"], ["i"], perm=[0, 2, 3, 1]),
    node("LayerNormalization", ["i", "scale", "shift"], ["j"]), node("MatMul", ["j", "w3"], ["k"]), node("Mul", ["k", "scale3"], ["l"]), node("Transpose", ["l"], ["m"], perm=[0, 3, 1, 2]), node("Add", ["m", "h"], ["n"]),
    node("Transpose", ["n"], ["o"], perm=[0, 3, 2, 1]), node("Flatten", ["o"], ["y"])],
    {"w1": floats(4, 2, 3, 3), "groups": np.array([0, 2, 3, 3, 4], np.int64), "images": np.array([0, 6, 3, 4], np.int64), "w2": floats(4, 3, 1, 2), "scale": floats(4), "shift": floats(4), "w3": floats(4, 4), "scale3": floats(4)}, floats(3, 4, 3, 4), 2, 18)
# One number for all cells, in each form, and functions that are spelled out with some.
save("numbers", [
    node("Div", ["x", "six"], ["a"]), node("Sub", ["a", "half"], ["b"]), node("Conv", ["b", "w1"], ["c"]), node("Mul", ["c", "half"], ["d"]), node("Add", ["d", "three"], ["e"]), node("Relu", ["e"], ["f"]),
    node("Sub", ["six", "f"], ["g"]), node("Max", ["g", "half"], ["h"]), node("Min", ["three", "h"], ["i"]), node("Neg", ["i"], ["j"]), node("Sub", ["j", "c"], ["k"]), node("Mul", ["k", "mask"], ["l"]),
    node("Flatten", ["l"], ["m"]), node("Gemm", ["m", "w2"], ["n"]), node("Tanh", ["n"], ["o"]), node("Mul", ["o", "six"], ["p"]), node("Sub", ["row", "p"], ["y"])],
    {"six": np.array(6, np.float32), "half": np.array([0.5], np.float32), "three": np.array([[3]], np.float32), "w1": floats(2, 2, 2, 2), "mask": floats(1, 2, 3, 3), "w2": floats(18, 4), "row": floats(1, 4)}, floats(3, 2, 4, 4) * 3, 2, 17)
# Means whose last windows end beyond the images, with padding that counts and not, on all sides or one, as torch (ceil_mode) and Keras write it.
save("rests", [
    node("AveragePool", ["x"], ["a"], kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1), node("AveragePool", ["x"], ["b"], kernel_shape=[3, 2], strides=[2, 2], pads=[1, 0, 1, 0], ceil_mode=1, count_include_pad=1),
    node("AveragePool", ["x"], ["c"], kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], ceil_mode=1), node("AveragePool", ["x"], ["d"], kernel_shape=[3, 2], auto_pad="SAME_UPPER"),
    node("AveragePool", ["x"], ["e"], kernel_shape=[2, 3], strides=[2, 1], pads=[0, 2, 1, 0]), node("Flatten", ["a"], ["a1"]), node("Flatten", ["b"], ["b1"]), node("Flatten", ["c"], ["c1"]), node("Flatten", ["d"], ["d1"]),
    node("Flatten", ["e"], ["e1"]), node("Concat", ["a1", "b1", "c1", "d1", "e1"], ["y"], axis=1)], {}, floats(3, 2, 6, 7), 2, 19)
# Images of other sizes: pixels between others and the nearest ones, by factors and by sizes, in the ways of torch's F.interpolate.
linear = {"mode": "linear", "coordinate_transformation_mode": "pytorch_half_pixel"}
save("resized", [
    node("Shape", ["x"], ["n"], end=2), node("Concat", ["n", "larger"], ["sizes"], axis=0), node("Concat", ["n", "single"], ["one"], axis=0), node("Resize", ["x", "", "double"], ["a"], **linear), node("Resize", ["x", "", "", "sizes"], ["b"], mode="linear", coordinate_transformation_mode="align_corners"), node("Resize", ["x", "", "odd"], ["c"], mode="linear"),
    node("Resize", ["x", "", "odd"], ["d"], mode="cubic", cubic_coeff_a=-0.75, coordinate_transformation_mode="pytorch_half_pixel"), node("Resize", ["x", "", "", "sizes"], ["e"], mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor"),
    node("Resize", ["x", "", "", "sizes"], ["f"], mode="nearest", nearest_mode="round_prefer_ceil"), node("Resize", ["x", "", "half"], ["g"], mode="nearest"), node("Resize", ["x", "", "", "one"], ["h"], **linear),
    node("Resize", ["x", "", "", "sizes"], ["i"], mode="cubic", coordinate_transformation_mode="align_corners")] + [node("Flatten", [c], [c + "1"]) for c in "abcdefghi"] + [node("Concat", [c + "1" for c in "abcdefghi"], ["y"], axis=1)],
    {"double": np.array([1, 1, 2, 2], np.float32), "odd": np.array([1, 1, 1.5, 0.7], np.float32), "larger": np.array([9, 4], np.int64), "half": np.array([1, 1, 0.5, 0.5], np.float32), "single": np.array([1, 1], np.int64)},
    floats(3, 2, 4, 6), 2, 19)
# Pixels of channels and channels of pixels, and a gate by a softplus.
save("squares", [
    node("DepthToSpace", ["x"], ["a"], blocksize=2, mode="CRD"), node("Mish", ["a"], ["b"]), node("Conv", ["b", "w"], ["c"]), node("SpaceToDepth", ["c"], ["d"], blocksize=3), node("DepthToSpace", ["d"], ["e"], blocksize=2),
    node("Flatten", ["e"], ["y"])], {"w": floats(4, 2, 4, 2)}, floats(3, 8, 3, 5) * 2, 2, 18)
# Two recurrent layers step by step, as torch.onnx.export(dynamo=True) writes an RNN: all states of the first one, of the second the last one and all.
nodes = [node("Shape", ["x"], ["n"], end=1), node("Concat", ["two", "n", "four"], ["s"], axis=0), node("Expand", ["none", "s"], ["zeros"]), node("Transpose", ["x"], ["in0"], perm=[1, 0, 2])]
for layer in range(2):
    nodes += [node("Slice", ["zeros", f"at{layer}", f"at{layer + 1}", "at0"], [f"z{layer}"]), node("Squeeze", [f"z{layer}", "at0"], [f"u{layer}"]), node("Unsqueeze", [f"u{layer}", "at0"], [f"h{layer}-0"]),
              node("MatMul", [f"in{layer}", f"w{layer}"], [f"p{layer}"]), node("Add", [f"p{layer}", f"b{layer}"], [f"q{layer}"])]
    for step in range(3):
        k = f"{layer}-{step}"
        nodes += [node("Slice", [f"q{layer}", f"at{step}", f"at{step + 1}", "at0"], ["a" + k]), node("Squeeze", ["a" + k, "at0"], ["b" + k]), node("MatMul", ["h" + k, f"r{layer}"], ["c" + k]), node("Add", ["c" + k, f"d{layer}"], ["d" + k]),
                  node("Add", ["d" + k, "b" + k], ["e" + k]), node("Tanh", ["e" + k], [f"h{layer}-{step + 1}"])]
    nodes += [node("Concat", [f"h{layer}-{step + 1}" for step in range(3)], [f"in{layer + 1}"], axis=0)]
save("unrolled", nodes + [node("Transpose", ["in2"], ["all"], perm=[1, 0, 2]), node("Flatten", ["all"], ["flat"]), node("Squeeze", ["h1-3", "at0"], ["last"]), node("Concat", ["flat", "last"], ["y"], axis=1)],
     {"two": np.array([2], np.int64), "four": np.array([4], np.int64), "none": np.array(0, np.float32), "w0": floats(5, 4), "b0": floats(4), "r0": floats(4, 4), "d0": floats(4), "w1": floats(4, 4), "b1": floats(4), "r1": floats(4, 4),
      "d1": floats(4)} | {f"at{i}": np.array([i], np.int64) for i in range(4)}, floats(3, 3, 5), 2, 18)
# And one of both directions.
nodes = [node("Shape", ["x"], ["n"], end=1), node("Concat", ["two", "n", "four"], ["s"], axis=0), node("Expand", ["none", "s"], ["zeros"]), node("Transpose", ["x"], ["in"], perm=[1, 0, 2])]
for way in range(2):
    nodes += [node("Slice", ["zeros", f"at{way}", f"at{way + 1}", "at0"], [f"h{way}-0"]), node("MatMul", ["in", f"w{way}"], [f"p{way}"]), node("Add", [f"p{way}", f"b{way}"], [f"q{way}"])]
    nodes += [node("Slice", ["q1", "minus", "least", "at0", "minus"], ["turned"])] if way == 1 else []
    for step in range(3):
        k = f"{way}-{step}"
        nodes += [node("Slice", ["turned" if way else "q0", f"at{step}", f"at{step + 1}", "at0"], ["a" + k]), node("Squeeze", ["a" + k, "at0"], ["b" + k]), node("MatMul", ["h" + k, f"r{way}"], ["c" + k]), node("Add", ["c" + k, f"d{way}"], ["d" + k]),
                  node("Add", ["d" + k, "b" + k], ["e" + k]), node("Tanh", ["e" + k], [f"h{way}-{step + 1}"])]
    nodes += [node("Concat", [f"h{way}-{step + 1}" for step in (range(3) if way == 0 else (2, 1, 0))], [f"all{way}"], axis=0)]
save("unrolled2", nodes + [node("Concat", ["all0", "all1"], ["all"], axis=2), node("Transpose", ["all"], ["first"], perm=[1, 0, 2]), node("Flatten", ["first"], ["y"])],
     {"two": np.array([2], np.int64), "four": np.array([4], np.int64), "none": np.array(0, np.float32), "w0": floats(5, 4), "b0": floats(4), "r0": floats(4, 4), "d0": floats(4), "w1": floats(5, 4), "b1": floats(4), "r1": floats(4, 4),
      "d1": floats(4), "minus": np.array([-1], np.int64), "least": np.array([-2 ** 63], np.int64)} | {f"at{i}": np.array([i], np.int64) for i in range(4)}, floats(3, 3, 5), 2, 18)
# Products of two values that are no attention: a gram matrix of channels, scores that are summed, pairs of two projections of vectors, a product with scores before their softmax, and one that is repeated for heads.
save("products", [
    node("Reshape", ["x", "flat"], ["a"]), node("Transpose", ["a"], ["b"], perm=[0, 2, 1]), node("MatMul", ["a", "b"], ["gram"]), node("Mul", ["gram", "sixth"], ["c"]), node("Flatten", ["c"], ["c1"]),
    node("MatMul", ["a", "w1"], ["q"]), node("MatMul", ["a", "w2"], ["k"]), node("Transpose", ["k"], ["kt"], perm=[0, 2, 1]), node("MatMul", ["q", "kt"], ["s"]), node("Add", ["s", "bias"], ["s1"]), node("Tanh", ["s1"], ["s2"]), node("MatMul", ["s2", "a"], ["d"]), node("ReduceMean", ["d", "last"], ["d1"], keepdims=0),
    node("MatMul", ["s", "q"], ["e"]), node("Relu", ["e"], ["e1"]), node("Flatten", ["e1"], ["e2"]), node("Softmax", ["gram"], ["g"]), node("ReduceMax", ["g", "last"], ["g1"], keepdims=0),
    node("Unsqueeze", ["a", "one"], ["h"]), node("Reshape", ["k", "heads"], ["i"]), node("MatMul", ["h", "i"], ["j"]), node("Flatten", ["j"], ["j1"]), node("Concat", ["c1", "d1", "e2", "g1", "j1"], ["y"], axis=1)],
    {"flat": np.array([0, 3, 4], np.int64), "sixth": np.array(1 / 6, np.float32), "w1": floats(4, 8), "w2": floats(4, 8), "bias": floats(3, 3), "last": np.array([2], np.int64), "one": np.array([1], np.int64),
     "heads": np.array([0, 2, 4, 3], np.int64)}, floats(3, 3, 2, 2), 2, 18)
# Masks: numbers for each head (ALiBi), a window of two steps, and both; truths that choose; queries of fewer steps than keys; two heads of queries for each of keys.
slopes = (-np.abs(np.arange(4)[:, None] - np.arange(4)[None, :]) * np.array([0.5, 0.25])[:, None, None]).astype(np.float32)
window = np.where(np.abs(np.arange(4)[:, None] - np.arange(4)[None, :]) < 2, 0, -np.inf).astype(np.float32)
nodes = []
for i, what in enumerate(["slopes", "window", "both", "chosen", "causal"]):
    nodes += [node("MatMul", ["x", f"w{i}"], [f"p{i}"]), node("Reshape", [f"p{i}", "heads"], [f"h{i}"]), node("Transpose", [f"h{i}"], [f"q{i}"], perm=[0, 2, 1, 3]), node("Transpose", [f"h{i}"], [f"k{i}"], perm=[0, 2, 3, 1]),
              node("MatMul", [f"q{i}", f"k{i}"], [f"s{i}"])]
    if what == "chosen":
        nodes += [node("Where", ["seen", f"s{i}", "least"], [f"a{i}"])]
    else:
        nodes += [node("Add", [f"s{i}", "window" if what == "both" else what], [f"a{i}" if what != "both" else "half3"])]
        nodes += [node("Add", ["half3", "slopes"], [f"a{i}"])] if what == "both" else []
    nodes += [node("Mul", [f"a{i}", "scale"], [f"b{i}"]), node("Softmax", [f"b{i}"], [f"c{i}"]), node("MatMul", [f"c{i}", f"q{i}"], [f"d{i}"]), node("Transpose", [f"d{i}"], [f"e{i}"], perm=[0, 2, 1, 3]), node("Flatten", [f"e{i}"], [f"f{i}"])]
save("masks", nodes + [node("Concat", [f"f{i}" for i in range(5)], ["y"], axis=1)],
     {"heads": np.array([0, 0, 2, 3], np.int64), "slopes": slopes, "window": window, "causal": np.triu(np.full((1, 1, 4, 4), -10, np.float32), 1), "seen": window[None] == 0, "least": np.array(-1e9, np.float32), "scale": np.array(2, np.float32)}
     | {f"w{i}": floats(5, 6) for i in range(5)}, floats(3, 4, 5), 2, 18)
save("shared", [
    node("MatMul", ["x", "w1"], ["k"]), node("MatMul", ["x", "w2"], ["v"]), node("Attention", ["x", "k", "v", "truths"], ["a"], q_num_heads=4, kv_num_heads=2), node("Flatten", ["a"], ["y"])],
    {"w1": floats(8, 4), "w2": floats(8, 6), "truths": np.array([[1, 0, 1], [1, 1, 0], [0, 1, 1]]) > 0}, floats(3, 3, 8), 2, 23)
# Equations: attention with heads in steps, products with matrices and with one for each head, bilinear forms, products of cells, sums, orders, dots, and a constant from the left.
equations = {"a": ("bqhd,bkhd->bhqk", "q", "q"), "b": ("btd,df->btf", "x", "w1"), "c": ("bthd,hdf->bhtf", "q", "w2"), "d": ("bi,ijk,bj->bk", "v", "w3", "v"), "e": ("btd,btd->bt", "x", "x"), "f": ("bij->bj", "x"), "g": ("bthd->bdht", "q"),
             "h": ("...td,...fd->...tf", "x", "x"), "i": ("bi,bj->bij", "v", "v"), "j": ("btd,d->bt", "x", "w4"), "k": ("rt,btd->brd", "w5", "x"), "l": ("bthd,bhe->bte", "q", "u"), "m": ("bt,td,btd->bd", "v", "w6", "x"), "n": ("bthd,hd->bthd", "q", "w7"),
             "o": ("bthd, thdf", "q", "w8"), "p": ("bthd,bshd->bhts", "q", "q")}
save("equations", [
    node("Reshape", ["x", "heads"], ["q"]), node("ReduceMean", ["x", "two"], ["v"], keepdims=0), node("Reshape", ["v", "pair"], ["u"])]
    + [node("Einsum", list(inputs), [k], equation=e) for k, (e, *inputs) in equations.items()]
    + [node("Mul", ["p", "half"], ["p1"]), node("Softmax", ["p1"], ["p2"]), node("Einsum", ["p2", "q"], ["p3"], equation="bhts,bshd->bthd"), node("MatMul", ["w5", "x"], ["r"])]
    + [node("Flatten", [k], [k + "0"]) for k in [*equations, "p3", "r"] if k != "p"] + [node("Concat", [k + "0" for k in [*equations, "p3", "r"] if k != "p"], ["y"], axis=1)],
    {"heads": np.array([0, 4, 2, 3], np.int64), "two": np.array([2], np.int64), "pair": np.array([0, 2, 2], np.int64), "half": np.array(0.5, np.float32), "w1": floats(6, 5), "w2": floats(2, 3, 2), "w3": floats(4, 4, 3), "w4": floats(6), "w5": floats(3, 4),
     "w6": floats(4, 6), "w7": floats(2, 3), "w8": floats(4, 2, 3, 5)}, floats(3, 4, 6), 2, 18)
# The largest and their numbers, comparisons and choices by them.
save("choices", [
    node("ArgMax", ["x"], ["a"], axis=1, keepdims=0), node("Cast", ["a"], ["a1"], to=TensorProto.FLOAT), node("ArgMin", ["x"], ["b"], axis=-1), node("Transpose", ["b"], ["b0"], perm=[0, 2, 1]), node("Cast", ["b0"], ["b1"], to=TensorProto.FLOAT), node("Flatten", ["b1"], ["b2"]),
    node("TopK", ["x", "two"], ["c", "d"]), node("Flatten", ["c"], ["c1"]), node("Cast", ["d"], ["d1"], to=TensorProto.FLOAT), node("Mul", ["d1", "half"], ["d2"]), node("Flatten", ["d2"], ["d3"]), node("TopK", ["x", "three"], ["e", "f"], axis=1, largest=0), node("Flatten", ["e"], ["e1"]),
    node("Cast", ["f"], ["f1"], to=TensorProto.FLOAT), node("Flatten", ["f1"], ["f2"]), node("Greater", ["x", "half"], ["g"]), node("LessOrEqual", ["x", "row"], ["h"]), node("And", ["g", "h"], ["i"]), node("Not", ["i"], ["i1"]), node("Where", ["i1", "x", "minus"], ["j"]), node("Flatten", ["j"], ["j1"]),
    node("Reshape", ["x", "turned"], ["k"]), node("Transpose", ["k"], ["k1"], perm=[0, 2, 1]), node("Less", ["x", "k1"], ["l"]), node("Or", ["l", "g"], ["m"]), node("Xor", ["m", "l"], ["n"]), node("Cast", ["n"], ["n0"], to=TensorProto.INT64), node("Cast", ["n0"], ["n1"], to=TensorProto.FLOAT), node("Flatten", ["n1"], ["n2"]),
    node("Sqrt", ["x"], ["o"]), node("Greater", ["x", "zero"], ["o1"]), node("Where", ["o1", "o", "k1"], ["o2"]), node("Flatten", ["o2"], ["o3"]), node("ReduceMean", ["x", "last"], ["p"]), node("GreaterOrEqual", ["x", "p"], ["p1"]), node("Where", ["p1", "p", "x"], ["p2"]), node("Flatten", ["p2"], ["p3"]),
    node("Where", ["constant", "x", "k1"], ["q"]), node("Flatten", ["q"], ["q1"]), node("Where", ["g", "row", "many"], ["r"]), node("Flatten", ["r"], ["r1"]), node("Cast", ["x"], ["s"], to=TensorProto.BOOL), node("Where", ["s", "zero", "minus"], ["s1"]), node("Flatten", ["s1"], ["s2"]), node("Equal", ["half", "x"], ["t"]),
    node("Cast", ["t"], ["t1"], to=TensorProto.FLOAT), node("Flatten", ["t1"], ["t2"]), node("Concat", ["a1", "b2", "c1", "d3", "e1", "f2", "j1", "n2", "o3", "p3", "q1", "r1", "s2", "t2"], ["y"], axis=1)],
    {"two": np.array([2], np.int64), "three": np.array([3], np.int64), "half": np.array(0.5, np.float32), "row": floats(4), "minus": np.array([-7], np.float32), "turned": np.array([0, 4, 3], np.int64), "zero": np.array(0, np.float32), "last": np.array([2], np.int64),
     "constant": floats(3, 4) > 0, "many": floats(3, 4)}, np.round(floats(5, 3, 4) * 2, 0) / 2, 2, 18)
# Matrices that lead in other places, of values and constants; infinities that are equal, and comparisons with what is repeated; what dots stand for without an arrow.
save("places", [
    node("Reshape", ["x", "first"], ["a"]), node("Reshape", ["x", "second"], ["b"]), node("MatMul", ["a", "b"], ["c"]), node("Flatten", ["c"], ["c1"]), node("MatMul", ["a", "w"], ["d"]), node("Flatten", ["d"], ["d1"]), node("MatMul", ["v", "b"], ["e"]), node("Flatten", ["e"], ["e1"]),
    node("Reshape", ["x", "rows"], ["f"]), node("Reshape", ["x", "columns"], ["g"]), node("MatMul", ["f", "g"], ["h"]), node("Mul", ["h", "half"], ["h0"]), node("Flatten", ["h0"], ["h1"]),
    node("Relu", ["x"], ["i"]), node("Log", ["i"], ["j"]), node("Neg", ["x"], ["k"]), node("Relu", ["k"], ["l"]), node("Log", ["l"], ["m"]), node("Equal", ["j", "m"], ["n"]), node("Cast", ["n"], ["n0"], to=TensorProto.FLOAT), node("Flatten", ["n0"], ["n1"]),
    node("Equal", ["j", "j"], ["o"]), node("Not", ["o"], ["o0"]), node("Where", ["o0", "x", "i"], ["o1"]), node("Flatten", ["o1"], ["o2"]), node("ReduceMin", ["j", "last"], ["p"]), node("LessOrEqual", ["j", "p"], ["p0"]), node("Cast", ["p0"], ["p1"], to=TensorProto.FLOAT), node("Flatten", ["p1"], ["p2"]),
    node("Einsum", ["x", "x"], ["q"], equation="...d,...d"), node("Einsum", ["x", "u"], ["r"], equation="...d,df"), node("Flatten", ["r"], ["r1"]),
    node("Concat", ["c1", "d1", "e1", "h1", "n1", "o2", "p2", "q", "r1"], ["y"], axis=1)],
    {"first": np.array([0, 2, 1, 3, 4], np.int64), "second": np.array([0, 1, 2, 4, 3], np.int64), "w": (np.arange(40).reshape(1, 2, 4, 5) % 7 / 4 - 1).astype(np.float32), "v": (np.arange(24).reshape(2, 1, 3, 4) % 5 / 4 - 1).astype(np.float32),
     "rows": np.array([0, 2, 1, 1, 12], np.int64), "columns": np.array([0, 1, 2, 12, 1], np.int64), "half": np.array(0.5, np.float32), "last": np.array([2], np.int64), "u": (np.arange(36).reshape(12, 3) % 5 / 2 - 1).astype(np.float32)},
    (np.round(np.sin(np.arange(72)) * 3) / 2).reshape(3, 2, 12).astype(np.float32), 2, 18)

"""workloads/train-mlp.dml with TensorFlow."""
import numpy as np
import tensorflow as tf
from training import argument, bias, cross_entropy, data, train, weights

rows, h1, h2 = argument("rows", 1024), argument("h1", 256), argument("h2", 128)
X = data(rows, 784)
labels = np.arange(1, rows + 1) * 7 % 10
W1, W2, W3 = weights(784, h1, 7919, 8), weights(h1, h2, 104729, 4), weights(h2, 10, 1299709, 4)
b1, b2, b3 = bias(h1), bias(h2), bias(10)
print(f"rows {rows} sum(X) {float(X.astype(np.float64).sum())!r} sum(Y) {float(rows)}")
train([W1, W2, W3, b1, b2, b3],
      lambda A, T: cross_entropy(tf.nn.relu(tf.nn.relu(A @ W1 + b1) @ W2 + b2) @ W3 + b3, T), X, labels, argument("batch", 32), argument("epochs", 2))

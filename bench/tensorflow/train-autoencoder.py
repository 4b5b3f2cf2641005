"""workloads/train-autoencoder.dml with TensorFlow."""
import numpy as np
import tensorflow as tf
from training import argument, bias, data, train, weights

rows, cols, hidden, code = argument("rows", 4096), argument("cols", 100), argument("hidden", 200), argument("code", 10)
X = data(rows, cols)
W1, W2 = weights(cols, hidden, 7919, 5), weights(hidden, code, 104729, 5)
W3, W4 = weights(code, hidden, 1299709, 5), weights(hidden, cols, 15485863, 5)
b1, b2, b3, b4 = bias(hidden), bias(code), bias(hidden), bias(cols)


def loss(A, T):
    H = tf.tanh(tf.tanh(tf.tanh(A @ W1 + b1) @ W2 + b2) @ W3 + b3)
    return tf.reduce_sum((H @ W4 + b4 - T) ** 2) / A.shape[0]


print(f"rows {rows} cols {cols} sum(X) {float(X.astype(np.float64).sum())!r}")
train([W1, W2, W3, W4, b1, b2, b3, b4], loss, X, X, argument("batch", 32), argument("epochs", 2))

"""workloads/train-lenet.dml with TensorFlow, whose images have their channels last on the processor."""
import numpy as np
import tensorflow as tf
from training import argument, bias, cross_entropy, data, train, weights

rows = argument("rows", 256)
X = data(rows, 784)
labels = np.arange(1, rows + 1) * 7 % 10
W1, W2, W3, W4 = weights(32, 25, 7919, 2), weights(64, 800, 104729, 8), weights(3136, 512, 1299709, 16), weights(512, 10, 15485863, 8)
b1, b2, b3, b4 = bias(32), bias(64), bias(512), bias(10)


def filters(W, size, channels):
    return tf.transpose(tf.reshape(W, (size, channels, 5, 5)), (2, 3, 1, 0))


def scores(A):
    A = tf.reshape(A, (-1, 28, 28, 1))
    A = tf.nn.max_pool2d(tf.nn.relu(tf.nn.conv2d(A, filters(W1, 32, 1), 1, "SAME") + b1), 2, 2, "VALID")
    A = tf.nn.max_pool2d(tf.nn.relu(tf.nn.conv2d(A, filters(W2, 64, 32), 1, "SAME") + b2), 2, 2, "VALID")
    A = tf.reshape(tf.transpose(A, (0, 3, 1, 2)), (-1, 3136))
    return tf.nn.relu(A @ W3 + b3) @ W4 + b4


print(f"rows {rows} sum(X) {float(X.astype(np.float64).sum())!r} sum(Y) {float(rows)}")
train([W1, W2, W3, W4, b1, b2, b3, b4], lambda A, T: cross_entropy(scores(A), T), X, labels, argument("batch", 32), argument("epochs", 2))

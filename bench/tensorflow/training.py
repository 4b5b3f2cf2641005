"""What the training programs for TensorFlow share: arguments, exact data, the loop (one compiled function per step) and its clock."""
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import tensorflow as tf

given = dict(word.split("=", 1) for word in sys.argv[1:])
dtype = np.float32 if given.get("precision") == "fp32" else np.float64
P = 1009


def argument(name, otherwise):
    return int(given.get(name, otherwise))


def data(rows, cols):
    r = np.arange(1, rows + 1, dtype=np.int64).reshape(-1, 1)
    c = np.arange(1, cols + 1, dtype=np.int64).reshape(1, -1)
    return ((r * c) % P / P - 0.5).astype(dtype)


def weights(rows, cols, factor, divisor):
    n = np.arange(1, rows * cols + 1, dtype=np.int64) * factor
    return tf.Variable(((n % P / P - 0.5) / divisor).reshape(rows, cols).astype(dtype))


def bias(size):
    return tf.Variable(np.zeros(size, dtype))


def train(parameters, loss_of, X, Y, batch, epochs):
    velocity = [tf.Variable(tf.zeros_like(p)) for p in parameters]

    @tf.function
    def step(A, T):
        with tf.GradientTape() as tape:
            loss = loss_of(A, T)
        for p, v, g in zip(parameters, velocity, tape.gradient(loss, parameters)):
            v.assign(0.9 * v - 0.01 * g)
            p.assign_add(v)
        return loss

    batches = len(X) // batch
    first = argument("from", 2)
    start = time.perf_counter()
    for epoch in range(1, epochs + 1):
        if epoch == first:
            start = time.perf_counter()
        total = 0.0
        for i in range(batches):
            part = slice(i * batch, (i + 1) * batch)
            total += float(step(tf.constant(X[part]), tf.constant(Y[part])))
        print(f"epoch {epoch} loss {total / batches!r}")
    print(f"@seconds {(time.perf_counter() - start) / max(1, epochs - first + 1)}")


def cross_entropy(scores, labels):
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=scores))

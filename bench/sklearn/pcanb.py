"""workloads/pcanb.dml with scikit-learn: the same data, pipeline and printed results, without reuse."""
import sys
import time

import numpy as np
from sklearn.decomposition import PCA
from sklearn.naive_bayes import MultinomialNB
from sklearn.preprocessing import StandardScaler

given = dict(word.split("=", 1) for word in sys.argv[1:])
rows, cols, least, step, smoothings = (
    int(given.get(name, otherwise))
    for name, otherwise in
    (("rows", 2000), ("cols", 20), ("least", 5), ("step", 5), ("smoothings", 3)))

p = 1000003
r = np.arange(1.0, rows + 1).reshape(-1, 1)
c = np.arange(1.0, cols + 1).reshape(1, -1)
XI = np.mod(r * (c * 7919), p)
labels = np.floor(np.mod(r * 7919, p) / (p / 5)).ravel() + 1
X = (XI + XI[:, :1] * np.mod(c, 11)) / p
print(f"rows {rows} cols {cols} sum of labels {labels.sum()}")
start = time.perf_counter()

scores = []
for m in range(((cols - least) // step + 1) * smoothings):
    K = least + (m // smoothings) * step
    laplace = 1 + m % smoothings
    # pca of the script divides by the standard deviation of a sample, StandardScaler by that of a population.
    S = StandardScaler().fit_transform(X) * np.sqrt((rows - 1) / rows)
    A = np.abs(PCA(n_components=K).fit_transform(S))
    model = MultinomialNB(alpha=laplace).fit(A, labels)
    raw = A @ model.feature_log_prob_.T + model.class_log_prior_
    predicted = model.classes_[np.argmax(raw, axis=1)]
    scores.append((np.sum(predicted == labels), raw.sum()))
scores = np.array(scores, dtype=float)
print(f"models {len(scores)} most correct {scores[:, 0].max()}")
print(f"sum of scores {scores[:, 1].sum()!r}".replace("np.float64(", "").replace(")", ""))
print(f"@seconds {time.perf_counter() - start}")

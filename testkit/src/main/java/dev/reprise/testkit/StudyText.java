package dev.reprise.testkit;

import dev.reprise.testkit.RandomProgram.Statement;
import java.util.List;
import java.util.SplittableRandom;

/** What every study begins with: its functions, and a table with labels. */
final class StudyText {
  /** A network of one hidden layer as lists: model, intermediates, gradients, velocities. */
  private static final String FUNCTIONS =
      """
      squash = function(Matrix[Double] A, Double by) return (Matrix[Double] B) {
        B = A / (by + abs(A))
      }
      bend = function(Matrix[Double] A, Double by = 0.5) return (Matrix[Double] B) {
        B = max(A, 0) * by + min(A, 0) * 0.1
      }
      frozen = function(Matrix[Double] xb, Integer seed) return (Matrix[Double] H, Double size) {
        P = rand(rows=ncol(xb), cols=24, min=-1, max=1, seed=seed)
        H = relu(xb %*% P)
        H = (H - colMeans(H)) / (sqrt(colVars(H)) + 0.5)
        size = mean(abs(H))
      }
      initial = function(Integer inputs, Integer classes, Integer seed) return (List[unknown] m) {
        W1 = rand(rows=inputs, cols=@1, min=-0.4, max=0.4, seed=seed)
        W2 = rand(rows=@1, cols=classes, min=-0.4, max=0.4, seed=seed + 1)
        m = list(W1=W1, b1=matrix(0, rows=1, cols=@1), W2=W2, b2=matrix(0, rows=1, cols=classes))
      }
      scores = function(List[unknown] m, Matrix[Double] xb, String by)
        return (Matrix[Double] S, List[unknown] kept) {
        A = xb %*% as.matrix(m["W1"]) + as.matrix(m["b1"])
        H = eval(by, A, 1.0)
        S = H %*% as.matrix(m["W2"]) + as.matrix(m["b2"])
        kept = list(A=A, H=H)
      }
      slope = function(List[unknown] m, List[unknown] kept, Matrix[Double] xb, Matrix[Double] dS)
        return (List[unknown] g) {
        H = as.matrix(kept["H"])
        dH = (dS %*% t(as.matrix(m["W2"]))) * (as.matrix(kept["A"]) > 0)
        g = list(W1=t(xb) %*% dH, b1=colSums(dH), W2=t(H) %*% dS, b2=colSums(dS))
      }
      move = function(List[unknown] m, List[unknown] g, List[unknown] s, Double lr, Integer step)
        return (List[unknown] m, List[unknown] s) {
        for (j in 1:length(m)) {
          W = as.matrix(m[j])
          V = as.matrix(s[j])
          @2
          m[j] = W
          s[j] = V
        }
      }
      fit = function(Matrix[Double] X, Matrix[Double] Y, Double lr, Integer epochs, Integer seed = 3,
        String by = "bend") return (List[unknown] m, Matrix[Double] history, Double best) {
        m = initial(ncol(X), ncol(Y), seed)
        s = list(matrix(0, nrow(as.matrix(m[1])), ncol(as.matrix(m[1]))), as.matrix(m[2]) * 0)
        s = append(append(s, as.matrix(m["W2"]) * 0), as.matrix(m["b2"]) * 0)
        history = matrix(0, rows=epochs, cols=3)
        best = 1000.0
        good = m
        patience = 0
        e = 1
        step = 0
        while (e <= epochs & patience < 2) {
          for (k in 1:ceil(nrow(X) / @3)) {
            xb = X[((k - 1) * @3 + 1):min(k * @3, nrow(X)), ]
            yb = Y[((k - 1) * @3 + 1):min(k * @3, nrow(X)), ]
            @4
            [S, kept] = scores(m, xb, by)
            g = slope(m, kept, xb, softmax_cross_entropy_backward(S, yb))
            [m, s] = move(m, g, s, lr, step)
            step = step + 1
          }
          [S, kept] = scores(m, X, by)
          loss = softmax_cross_entropy(S, Y)
          history[e, ] = cbind(as.matrix(loss), as.matrix(mean(abs(S))), as.matrix(lr))
          if (loss < best - 0.01) {
            best = loss
            good = m
            patience = 0
          } else {
            patience = patience + 1
            lr = lr / 2
          }
          e = e + 1
        }
        m = good
      }
      told = function(Matrix[Double] A, Integer k = 2, String how = "sum")
        return (String text, Double v, Integer n, Boolean b) {
        v = sum(abs(A) ^ k)
        n = nrow(A) * k
        b = v > n
        text = how + " " + n
      }
      halved = function(List[unknown] m, Integer left) return (List[unknown] m, Double size) {
        size = 0.0
        if (left > 0) {
          m["W1"] = as.matrix(m["W1"]) * 0.5
          [m, deeper] = halved(m, left - 1)
          size = deeper + sum(abs(as.matrix(m["W1"])))
        }
      }
      perhaps = function(Matrix[Double] X, Integer n) return (Double v) {
        v = 0.0
        for (i in 1:min(n, nrow(X))) {
          if (sum(X[i, ]) > 0.1) {
            w = X[i, ] %*% t(X)
          }
          if (exists("w")) {
            v = v + mean(w) * i
          }
        }
      }
      """;

  private static final String[] UPDATES = {
    "[W, V] = momentum_update(W, as.matrix(g[j]), lr, 0.9, V)",
    "[W, V] = rmsprop_update(W, as.matrix(g[j]), lr, 0.9, 0.01, V)",
    "[W, V, U] = adam_update(W, as.matrix(g[j]), lr, 0.9, 0.99, 0.01, step, V, V ^ 2)",
    "W = W - lr * as.matrix(g[j])",
    "W = sgd_update(W, as.matrix(g[j]), lr, 0.01)"
  };

  private static final String[] NOISES = {
    "",
    "",
    "[xb, drawn] = dropout(xb, 0.9, seed + step)",
    "[xb, drawn] = dropout(xb, 0.8)",
    "xb = xb + rand(rows=nrow(xb), cols=ncol(xb), min=-0.1, max=0.1, seed=seed + e)"
  };

  private StudyText() {}

  static List<Statement> functions(SplittableRandom random) {
    String noise = NOISES[random.nextInt(NOISES.length)];
    return TrainingText.parsed(
        FUNCTIONS,
        String.valueOf(4 + random.nextInt(20)),
        UPDATES[random.nextInt(UPDATES.length)],
        List.of("5", "16", "50", "500").get(random.nextInt(4)),
        noise);
  }

  /** {@code N} rows: numbers X, labels y and Y, the frame Fr with its encoding. */
  static List<Statement> data(SplittableRandom random) {
    int columns = 4 + random.nextInt(30);
    String sizes = "rows=N, cols=%d, min=-1, max=1, seed=3".formatted(columns);
    String numbers =
        switch (random.nextInt(3)) {
          case 0 -> "rand(" + sizes + ", sparsity=0.1)";
          case 1 -> "round(rand(" + sizes + ") * 4) / 4";
          default -> "rand(" + sizes + ")";
        };
    String spec =
        switch (random.nextInt(3)) {
          case 0 -> "{ids:true, recode:[3, 4]}";
          case 1 -> "{ids:true, dummycode:[3, 4]}";
          default ->
              "{ids:true, dummycode:[3], recode:[4], bin:[{id:1, method:equi-width, numbins:4}]}";
        };
    return TrainingText.parsed(
        """
        N = @1
        X = @2
        y = rowIndexMax(X[, 1:3])
        Y = table(seq(1, N), y, N, 3)
        groups = floor(rand(rows=N, cols=2, min=1, max=5, seed=4))
        Fr = cbind(as.frame(X[, 1:2]), as.frame(groups))
        spec = "@3"
        [E, M] = transformencode(target=Fr, spec=spec)
        total = 0.0
        said = "said"
        """,
        List.of("20", "96", "250").get(random.nextInt(3)),
        numbers,
        spec);
  }
}

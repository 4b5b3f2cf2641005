package dev.reprise.testkit;

import static dev.reprise.testkit.TrainingText.parsed;

import dev.reprise.testkit.RandomProgram.Statement;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Parts of a study that fit and compare models: each reads what {@link StudyText} defines, changes
 * {@code total} and {@code said} at most, and prints numbers.
 */
final class StudyStages {
  private final SplittableRandom random;
  private final StudyAnalyses analyses;

  StudyStages(SplittableRandom random) {
    this.random = random;
    analyses = new StudyAnalyses(random);
  }

  List<Statement> draw() {
    return switch (random.nextInt(23)) {
      case 0 -> encodedBatches();
      case 1, 2 -> fits();
      case 3, 4 -> sweep();
      case 5 -> ensemble();
      case 6 -> byName();
      case 7 -> recursive();
      case 8 -> nestedLists();
      case 9 -> images();
      case 10 -> texts();
      default -> analyses.draw();
    };
  }

  private String number(int... of) {
    return String.valueOf(of[random.nextInt(of.length)]);
  }

  private String one(String... of) {
    return of[random.nextInt(of.length)];
  }

  private String activation() {
    return one("\"bend\"", "\"squash\"");
  }

  private List<Statement> encodedBatches() {
    return parsed(
        """
        for (e in 1:@1) {
          for (k in 1:ceil(N / @2)) {
            part = Fr[((k - 1) * @2 + 1):min(k * @2, N), ]
            B = transformapply(target=part, meta=M, spec=spec)
            [H, size] = frozen(replace(target=B, pattern=NaN, replacement=0), @3)
            total = total + sum(H) / N + size
          }
        }
        print("encoded " + total)
        """,
        number(1, 2, 3),
        number(8, 50),
        number(5, 6));
  }

  private List<Statement> fits() {
    return parsed(
        """
        [m, history, best] = fit(X, Y, @1, @2, @3, @4)
        W1 = as.matrix(m["W1"])
        print("W1 " + sum(abs(W1)) + " " + best + " " + sum(history) + " " + sum(abs(as.matrix(m[4]))))
        [m, history] = fit(Y=Y, X=@5, lr=0.1, epochs=@6)
        print("again " + sum(history) + " " + length(m) + " " + sum(as.matrix(m["b1"])))
        """,
        one("0.1", "0.2"),
        number(2, 3),
        number(3, 5),
        activation(),
        one("X", "E", "cbind(X, X ^ 2)"),
        number(1, 4));
  }

  /**
   * Hyper-parameters over features that stay. What is assigned has the first letter of the loop's
   * kind: in a conversation, where everything may be read later, a parfor loop must not assign what
   * was there before.
   */
  private List<Statement> sweep() {
    String loop = one("for", "parfor", "parfor");
    String workers = loop.equals("for") ? "" : one("", ", par=3");
    return parsed(
        """
        R = matrix(0, rows=@1, cols=4)
        @2 (j in 1:@1@3) {
          @6by = ifelse(j %% 2 == 0, "bend", "squash")
          [@6H, @6size] = frozen(X, 5 + j %% 2)
          [@6m, @6history, @6best] = fit(@6H, Y, 0.05 * (1 + j %/% 2), @4, 3, @6by)
          R[j, ] = cbind(as.matrix(@6best), colSums(@6history))
          R[j, 4] = @6size + sum(abs(as.matrix(@6m[@5])))
        }
        print(toString(R, decimal=6))
        print("R " + sum(abs(R)) + " " + min(R[, 1]))
        """,
        number(2, 4, 7), loop, workers, number(1, 2), number(1, 3), loop.substring(0, 1));
  }

  private List<Statement> ensemble() {
    return parsed(
        """
        models = list()
        losses = matrix(0, rows=1, cols=3)
        for (j in 1:3) {
          [m, history, best] = fit(X, Y, 0.1, @1, j %/% 2, @2)
          models = append(models, m)
          losses[1, j] = best
        }
        [models, gone] = remove(models, @3)
        S = matrix(0, rows=N, cols=3)
        for (j in 1:length(models)) {
          [one, kept] = scores(as.list(models[j]), X, "bend")
          S = S + one
        }
        print("ensemble " + sum(S) + " " + sum(losses) + " " + length(models))
        """,
        number(1, 2), activation(), number(1, 2, 3));
  }

  private List<Statement> byName() {
    return parsed(
        """
        names = list("bend", "squash", "bend")
        for (j in 1:3) {
          f = as.scalar(names[j])
          H = eval(f, X %*% t(X), @1)
          G = eval(f, list(A=t(X) %*% X, by=0.25))
          total = total + mean(H) + mean(G)
        }
        total = total + sum(bend(X)) + sum(bend(by=0.5, A=X)) + sum(bend(X, 1))
        print("by name " + total)
        """,
        one("1.0", "1", "0.5"));
  }

  private List<Statement> recursive() {
    return parsed(
        """
        m = initial(ncol(X), 3, @1)
        before = m
        [m, size] = halved(m, @2)
        [m, more] = halved(before, 2)
        print("recursive " + size + " " + more + " " + sum(abs(as.matrix(m[1]))) + " " + sum(abs(as.matrix(before[1]))))
        """,
        number(3, 8),
        number(1, 2, 4));
  }

  private List<Statement> nestedLists() {
    return parsed(
        """
        net = list(model=initial(ncol(X), 3, 5), rate=0.1, deep=list(k=@1, act=@2))
        same = net
        for (i in 1:@3) {
          m = as.list(net["model"])
          deep = as.list(net["deep"])
          [S, kept] = scores(m, X, as.scalar(deep["act"]))
          slope = t(as.matrix(kept["H"])) %*% (softmax(S) - Y) / N
          m["W2"] = as.matrix(m["W2"]) - as.scalar(net["rate"]) * slope
          net["model"] = list(m)
          net["rate"] = as.scalar(net["rate"]) / 2
        }
        m = as.list(net["model"])
        W2 = as.matrix(m["W2"])
        m = as.list(same["model"])
        print("W2 " + sum(abs(W2)) + " " + as.scalar(net["rate"]) + " " + as.scalar(same["rate"]))
        print("before " + sum(abs(as.matrix(m["W2"]))))
        """,
        number(1, 2), activation(), number(1, 3));
  }

  private List<Statement> images() {
    return parsed(
        """
        I = matrix(X[1:(N %/% 4 * 4), 1:4], rows=N %/% 4, cols=16)
        F1 = rand(rows=4, cols=9, min=-1, max=1, seed=8)
        em = matrix(0, rows=4, cols=1)
        ev = matrix(1, rows=4, cols=1)
        for (e in 1:2) {
          for (k in 1:(nrow(I) %/% 5)) {
            B = I[((k - 1) * 5 + 1):(k * 5), ]
            C = conv2d(B, F1, input_shape=[5, 1, 4, 4], filter_shape=[4, 1, 3, 3], stride=[1, 1], padding=[1, 1])
            C = bias_multiply(C, matrix(seq(1, 4), rows=4, cols=1))
            [Z, em, ev] = batch_norm2d(C, matrix(1, rows=4, cols=1), matrix(0, rows=4, cols=1), em, ev, @1, 0.1, 0.9)
            Q = @2_pool(Z, input_shape=[5, 4, 4, 4], pool_size=[2, 2], stride=[2, 2], padding=[0, 0])
            total = total + sum(Q) / 100 + sum(C) / 100
          }
        }
        print("images " + total + " " + sum(em) + " " + sum(ev))
        """,
        one("\"train\"", "\"test\""), one("max", "avg"));
  }

  private List<Statement> texts() {
    return parsed(
        """
        for (k in 1:@1) {
          [text, v, n, b] = told(X, k %% 2 + 1, "h" + k %/% 2)
          if (b) {
            said = said + " " + text
          } else {
            said = text
          }
        }
        [text, v, n] = told(X)
        [other, u] = told(X, 2, "sum")
        print(said + " " + text + " " + v + " " + n + " " + (u == v) + " " + other)
        said = "said"
        """,
        number(2, 5));
  }
}

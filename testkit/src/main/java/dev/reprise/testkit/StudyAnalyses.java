package dev.reprise.testkit;

import static dev.reprise.testkit.TrainingText.parsed;

import dev.reprise.testkit.RandomProgram.Statement;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Parts of a study that look at its data without a network: library functions, frames, rows that
 * are written, what is cumulated, sorted, drawn, bound and factored. They read and change what
 * {@link StudyStages} do.
 */
final class StudyAnalyses {
  private final SplittableRandom random;

  StudyAnalyses(SplittableRandom random) {
    this.random = random;
  }

  List<Statement> draw() {
    return switch (random.nextInt(12)) {
      case 0 -> cumulated();
      case 1 -> library();
      case 2 -> frames();
      case 3 -> writtenRows();
      case 4 -> sorted();
      case 5 -> perhapsAssigned();
      case 6 -> drawnSeeds();
      case 7 -> addedUp();
      case 8 -> ridges();
      case 9 -> grown();
      case 10 -> factors();
      default -> signs();
    };
  }

  private String number(int... of) {
    return String.valueOf(of[random.nextInt(of.length)]);
  }

  private String one(String... of) {
    return of[random.nextInt(of.length)];
  }

  private List<Statement> cumulated() {
    return parsed(
        """
        c = X
        for (i in 1:@1) {
          c = @2
          p = cumprod(1 + c / (1 + max(abs(c))) / N)
          total = total + sum(p) / (1 + sum(abs(p))) + mean(cummax(c) - cummin(c))
        }
        z = cumsumprod(cbind(c[, 1], X[, 2] / 2))
        print("cumulated " + total + " " + sum(z) + " " + sum(c))
        """,
        number(2, 3, 40),
        one("cumsum(X + c * 0.1) / N", "cumsum(c) / N", "cummax(c) * 0.9 + X[1, ]"));
  }

  private List<Statement> library() {
    String call =
        one(
            "B = lm(X=X, y=y, reg=0.1, icpt=%s, verbose=FALSE)".formatted(number(0, 1)),
            "B = lm(X=X, y=y, reg=0.1, icpt=2, verbose=FALSE)",
            "[B, yes] = kmeans(X=X, k=3, runs=2, max_iter=5, seed=7)",
            "[B, cl, ce, sf] = pca(X=X, K=2)\nB = abs(B)",
            "B = l2svm(X=X, Y=2 * (y > 1) - 1, maxIterations=5)",
            "B = multiLogReg(X=X, Y=y, maxi=3, verbose=FALSE)",
            "[B, cc] = naiveBayes(D=abs(X), C=y, laplace=%s, verbose=FALSE)"
                .formatted(number(1, 2)),
            "B = msvm(X=X, Y=y, maxIterations=3)",
            "[B, low, high] = winsorize(X=X, verbose=FALSE)");
    return parsed(
        """
        Xs = scale(X=X, center=TRUE, scale=@1)
        [Xn, low, high] = normalize(X)
        @2
        print("B " + sum(abs(B)) + " " + sum(Xn) + " " + sum(abs(Xs)))
        """,
        one("TRUE", "FALSE"),
        call);
  }

  private List<Statement> frames() {
    return parsed(
        """
        G = Fr
        for (i in 1:@1) {
          G[i, 3] = i %% 3 + 1
          if (i == 2) {
            G[1:3, ] = Fr[4:6, ]
          }
        }
        B = transformapply(target=G, meta=M, spec=spec)
        B = replace(target=B, pattern=NaN, replacement=-1)
        D = transformdecode(target=transformapply(target=Fr, meta=M, spec=spec), meta=M, spec=spec)
        L = map(Fr[, 3], "x -> x.length() + 1")
        print("B " + sum(abs(B)) + " " + sum(B * seq(1, N)) + " " + nrow(D) + " " + sum(as.matrix(L)) + " " + sum(as.matrix(G[, 3])))
        """,
        number(4, 9));
  }

  /** Views of rows whose matrix is written meanwhile. */
  private List<Statement> writtenRows() {
    return parsed(
        """
        A = X * 1
        V = A[1:12, ]
        C = A
        for (i in 1:@1) {
          B = A[i:(i + 7), ]
          A[i, ] = @2
          A[i + 1, 1] = sum(V) / N
          if (i == 3) {
            C = A
          }
          total = total + sum(B) / N + sum(V * A[1:12, ]) / N
        }
        A[, 2] = matrix(0, rows=N, cols=1)
        print("A " + sum(abs(A)) + " " + total + " " + sum(C) + " " + sum(V))
        """,
        number(5, 12),
        one("A[i + 1, ] * 0.5", "B[2, ] - V[1, ]", "X[i, ] * 2"));
  }

  private List<Statement> sorted() {
    return parsed(
        """
        o = order(target=X[, @1], by=1, decreasing=@2, index.return=TRUE)
        XS = table(seq(1, N), o, N, N) %*% X
        top = removeEmpty(target=X, margin="rows", select=(y == @3))
        a = aggregate(target=X[, 1], groups=y, fn="@4", ngroups=3)
        q = quantile(X[, 1], 0.3)
        c = table(y, groups[, 1], 3, 5)
        print("sorted " + sum(XS[1:10, ]) + " " + nrow(top) + " " + sum(abs(top)) + " " + sum(abs(a)) + " " + q + " " + sum(c * c))
        """,
        number(1, 3), one("TRUE", "FALSE"), number(1, 2), one("sum", "mean", "count"));
  }

  private List<Statement> perhapsAssigned() {
    return parsed(
        """
        print("perhaps " + perhaps(X, @1) + " " + perhaps(X[1:@2, ], 3))
        """,
        number(3, 15),
        number(4, 15));
  }

  private List<Statement> drawnSeeds() {
    String loop = one("for", "parfor");
    return parsed(
        """
        R = matrix(0, rows=4, cols=2)
        @1 (j in 1:4) {
          @3A = rand(rows=40, cols=20, min=0, max=1)
          [@3H, @3drawn] = dropout(X, 0.8)
          R[j, 1] = sum(t(@3A) %*% @3A)
          R[j, 2] = sum(@3H)
        }
        p = sample(N, @2)
        print("drawn " + sum(R) + " " + sum(p * seq(1, nrow(p))) + " " + sum(sample(N, 5, FALSE, 9)))
        """,
        loop, number(5, 10), loop.substring(0, 1));
  }

  private List<Statement> addedUp() {
    return parsed(
        """
        S = matrix(0, rows=ncol(X), cols=ncol(X))
        w = 0.0
        parfor (k in 1:@1, check=0) {
          pB = X[((k - 1) * 5 + 1):(k * 5), ]
          S += t(pB) %*% pB
          w += sum(pB) * k
        }
        print("S " + sum(abs(S)) + " " + trace(S) + " " + w)
        """,
        number(2, 4));
  }

  /** Ridge regressions for subsets of columns and rates, and their errors. */
  private List<Statement> ridges() {
    String loop = one("for", "parfor");
    return parsed(
        """
        R = matrix(0, rows=3, cols=4)
        @1 (i in 1:3) {
          @3Z = cbind(X[, 1:(i + 1)], matrix(1, rows=N, cols=1))
          for (j in 1:4) {
            @3G = t(@3Z) %*% @3Z + diag(matrix(10 ^ (-j), rows=ncol(@3Z), cols=1))
            @3b = solve(@3G, t(@3Z) %*% @2)
            R[i, j] = mean((y - @3Z %*% @3b[, 1]) ^ 2)
          }
        }
        print("R " + sum(abs(R)) + " " + min(R))
        """,
        loop, one("y", "Y", "cbind(y, y)"), loop.substring(0, 1));
  }

  private List<Statement> grown() {
    return parsed(
        """
        P = X[, 1:2]
        Q = X[1:2, ]
        for (i in 1:@1) {
          P = cbind(P, P[, i] * 0.5 + X[, 3])
          Q = rbind(Q, X[i, ])
          total = total + sum(t(P) %*% P) / N ^ 2 + sum(Q %*% t(Q)) / N ^ 2 + sum(colSums(Q)) / N
        }
        print("P " + sum(abs(P)) + " " + total + " " + ncol(P) + " " + nrow(Q))
        """,
        number(3, 8));
  }

  private List<Statement> factors() {
    return parsed(
        """
        G = t(X) %*% X + diag(matrix(1, rows=ncol(X), cols=1))
        for (i in 1:2) {
          [values, vectors] = eigen(G)
          [U, D, V] = svd(G @1)
          [P, L, R] = lu(G)
          K = cholesky(G)
          total = total + sum(values) / N + sum(D) / N + sum(abs(R)) / N + sum(abs(K)) / N
          G = G + @2
        }
        print("factors " + total + " " + det(G / N) + " " + sum(abs(inv(G))))
        """,
        one("", "+ 1", "[, 1:3]"), one("0", "diag(matrix(i, rows=ncol(X), cols=1))"));
  }

  /** Zeros of both signs, NaN and numbers that are equal and of different types. */
  private List<Statement> signs() {
    return parsed(
        """
        Z = matrix(0, rows=40, cols=40)
        M1 = matrix(@1, rows=40, cols=40)
        a = max(1 / M1)
        b = max(1 / (Z * -1))
        c = max(1 / (Z + M1))
        q = matrix(0 / 0, rows=40, cols=40)
        n = sum(is.nan(q %*% Z + M1))
        i = 3
        d = 3.0
        print("signs " + a + " " + b + " " + c + " " + n + " " + sum(X * i) + " " + sum(X * d) + " " + (i * 2) + " " + (d * 2) + " " + i %/% 2 + " " + d %/% 2)
        print(toString(rbind(Z[1, 1:2], M1[1, 1:2], q[1, 1:2])))
        """,
        one("-0.0", "0.0", "0", "-0"));
  }
}

package dev.reprise.language.lower;

import java.util.Map;

/** What to write instead of functions that other languages and tools have, and this one has not. */
final class ForeignNames {
  private static final String TENSOR =
      "values have two dimensions here; see matrix(data, rows, cols)";

  private static final String ELSE_IF = "a further test is written else if (...) {...}";

  private static final Map<String, String> INSTEAD =
      Map.ofEntries(
          Map.entry("abs2", "write x * x"),
          Map.entry("all", "write min(X != 0) == 1"),
          Map.entry("any", "write max(X != 0) == 1"),
          Map.entry("apply", "write a loop over rows or columns, for or parfor"),
          Map.entry("argmax", "write rowIndexMax(X)"),
          Map.entry("argmin", "write rowIndexMin(X)"),
          Map.entry("array", TENSOR),
          Map.entry("as.int", "write as.integer(x)"),
          Map.entry("as.number", "write as.double(x)"),
          Map.entry("as.numeric", "write as.double(x)"),
          Map.entry("break", "there is no 'break'; let the condition of a while loop end it"),
          Map.entry("c", "write matrix(\"1 2 3\", rows=3, cols=1), rbind(x, y) or list(a, b)"),
          Map.entry("cat", "write print(text)"),
          Map.entry("colSumSqs", "write colSums(X ^ 2)"),
          Map.entry("concat", "texts are joined by +"),
          Map.entry("crossprod", "write t(X) %*% Y"),
          Map.entry(
              "data.frame", "write cbind(F, G) of frames, or read(file, data_type=\"frame\")"),
          Map.entry("date", "time() gives nanoseconds since some moment"),
          Map.entry("dim", "write nrow(X) and ncol(X)"),
          Map.entry("dot", "write t(x) %*% y, or sum(x * y)"),
          Map.entry("elif", ELSE_IF),
          Map.entry("else.if", ELSE_IF),
          Map.entry("elseif", ELSE_IF),
          Map.entry("elsif", ELSE_IF),
          Map.entry("expm1", "write exp(x) - 1"),
          Map.entry("eye", "write diag(matrix(1, rows=n, cols=1))"),
          Map.entry("float", "write as.double(x)"),
          Map.entry("format", "print(\"%d of %.2f\", n, x) prints by a format"),
          Map.entry("head", "write X[1:6, ]"),
          Map.entry("identity", "write diag(matrix(1, rows=n, cols=1))"),
          Map.entry("int", "write as.integer(x)"),
          Map.entry("is.null", "write !exists(\"x\")"),
          Map.entry("lapply", "write a loop, for or parfor"),
          Map.entry("len", "write length(x), nrow(X) or ncol(X)"),
          Map.entry(
              "library",
              "functions of the library need no loading; source(\"file.dml\") as ns loads a file"),
          Map.entry("log10", "write log(x, 10)"),
          Map.entry("log1p", "write log(1 + x)"),
          Map.entry("log2", "write log(x, 2)"),
          Map.entry("matmul", "write X %*% Y"),
          Map.entry("max.col", "write rowIndexMax(X)"),
          Map.entry("mod", "write x %% y"),
          Map.entry(
              "na.omit",
              "write removeEmpty(target=X, margin=\"rows\", select=rowSums(is.na(X)) == 0)"),
          Map.entry("nchar", "write length(text)"),
          Map.entry("ncols", "write ncol(X)"),
          Map.entry("next", "there is no 'next'; put the rest of the body into an if"),
          Map.entry("nnz", "write sum(X != 0)"),
          Map.entry("norm", "write sqrt(sum(X ^ 2))"),
          Map.entry("not", "negation is written !x"),
          Map.entry("nrows", "write nrow(X)"),
          Map.entry("ones", "write matrix(1, rows=n, cols=m)"),
          Map.entry("paste", "texts are joined by +"),
          Map.entry("paste0", "texts are joined by +"),
          Map.entry("pow", "write x ^ y"),
          Map.entry("power", "write x ^ y"),
          Map.entry("printf", "print(\"%d of %.2f\", n, x) prints by a format"),
          Map.entry("random", "write rand(rows=n, cols=m, seed=7)"),
          Map.entry("range", "write min(X) and max(X)"),
          Map.entry("rep", "write matrix(value, rows=n, cols=1)"),
          Map.entry(
              "require",
              "functions of the library need no loading; source(\"file.dml\") as ns loads a file"),
          Map.entry(
              "return",
              "a function's results are assigned by name, as in y = x + 1; it ends at its '}'"),
          Map.entry("rnorm", "write rand(rows=n, cols=1, pdf=\"normal\", seed=7)"),
          Map.entry("rowSumSqs", "write rowSums(X ^ 2)"),
          Map.entry("runif", "write rand(rows=n, cols=1, min=0, max=1, seed=7)"),
          Map.entry("sapply", "write a loop, for or parfor"),
          Map.entry(
              "set.seed", "seeds are arguments, as in rand(..., seed=7), or the option --seed"),
          Map.entry("shape", "write nrow(X) and ncol(X)"),
          Map.entry("size", "write length(x), nrow(X) or ncol(X)"),
          Map.entry("sort", "write order(target=X, by=1)"),
          Map.entry("sprintf", "print(\"%d of %.2f\", n, x) prints by a format"),
          Map.entry(
              "sqrtMatrix",
              "of a symmetric matrix: [w, V] = eigen(X), then V %*% diag(sqrt(w)) %*% t(V)"),
          Map.entry("std", "write sd(X)"),
          Map.entry("stdev", "write sd(X)"),
          Map.entry("str", "write toString(x)"),
          Map.entry("substr", "write map(F, \"x -> x.substring(0, 2)\") over the cells of a frame"),
          Map.entry("sumSq", "write sum(X ^ 2)"),
          Map.entry("sumsq", "write sum(X ^ 2)"),
          Map.entry("tcrossprod", "write X %*% t(Y)"),
          Map.entry("tensor", TENSOR),
          Map.entry("tolower", "write map(F, \"x -> x.toLowerCase()\") over the cells of a frame"),
          Map.entry("toupper", "write map(F, \"x -> x.toUpperCase()\") over the cells of a frame"),
          Map.entry(
              "transform",
              "write [X, meta] = transformencode(target=F, spec=...), and transformapply for more"
                  + " rows"),
          Map.entry("transpose", "write t(X)"),
          Map.entry("trunc", "write sign(x) * floor(abs(x)), or as.integer(x) of a scalar"),
          Map.entry(
              "which", "write removeEmpty(target=seq(1, nrow(x)), margin=\"rows\", select=x)"),
          Map.entry("which.max", "write rowIndexMax(t(x)) of a column"),
          Map.entry("which.min", "write rowIndexMin(t(x)) of a column"),
          Map.entry("zeros", "write matrix(0, rows=n, cols=m)"));

  private ForeignNames() {}

  /** A sentence, or null when the name is none of these. */
  static String hint(String name) {
    return INSTEAD.get(name);
  }
}

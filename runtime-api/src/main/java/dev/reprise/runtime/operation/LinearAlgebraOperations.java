package dev.reprise.runtime.operation;

import static dev.reprise.runtime.operation.Opcode.row;

import java.util.ArrayList;
import java.util.List;

/** Products and factorisations. */
final class LinearAlgebraOperations {
  private LinearAlgebraOperations() {}

  static List<Opcode.Builder> rows() {
    List<Opcode.Builder> rows = new ArrayList<>();
    // Attributes ta, tb = "true": the left, right operand is transposed without being materialised.
    rows.add(
        row("matmul").in("x", "y").returns(Results.PRODUCT).work(Work.PRODUCT).roundsOperands());
    // t(X) %*% X; with attribute right = "true" X %*% t(X).
    rows.add(row("tsmm").in("x").returns(Results.TSMM).work(Work.TSMM).roundsOperands());
    // t(X) %*% (X %*% v); with attribute with = "*" t(X) %*% (w * (X %*% v)), with "-"
    // t(X) %*% (X %*% v - w). v and w are columns.
    rows.add(
        row("mmchain")
            .in("x", "v")
            .optional("w")
            .returns(Results.PRODUCT_CHAIN)
            .work(Work.PRODUCT_CHAIN));
    rows.add(row("solve").in("a", "b").returns(Results.SOLVE).work(Work.CUBIC));
    rows.add(row("inv").in("target").returns(Results.LIKE_FIRST).work(Work.CUBIC));
    rows.add(row("cholesky").in("target").returns(Results.LIKE_FIRST).work(Work.CUBIC));
    rows.add(row("det").in("target").returns(Results.DOUBLE).work(Work.CUBIC));
    // [values, vectors], values ascending.
    rows.add(row("eigen").in("target").outputs(2).work(Work.CUBIC));
    // [U, S, V] with X = U S t(V), S diagonal.
    rows.add(row("svd").in("target").outputs(3).work(Work.CUBIC));
    // [H, R]: Householder vectors and the upper triangle.
    rows.add(row("qr").in("target").outputs(2).work(Work.CUBIC));
    // [P, L, U] with P X = L U.
    rows.add(row("lu").in("target").outputs(3).work(Work.CUBIC));
    // [re, im] of rows and columns; the linearized forms transform each row by itself.
    for (String name : List.of("fft", "ifft", "fft_linearized", "ifft_linearized")) {
      rows.add(row(name).in("re").optional("im").outputs(2).work(Work.SORT));
    }
    // The transforms of windows of each row, side by side.
    rows.add(
        row("stft").in("re").optional("im").in("windowSize", "overlap").outputs(2).work(Work.SORT));
    return rows;
  }
}

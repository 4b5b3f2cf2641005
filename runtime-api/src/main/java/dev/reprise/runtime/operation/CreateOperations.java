package dev.reprise.runtime.operation;

import static dev.reprise.runtime.operation.Opcode.row;

import java.util.ArrayList;
import java.util.List;

/** Operations that make matrices from numbers. Positions of operands are stated in the rows. */
final class CreateOperations {
  private CreateOperations() {}

  static List<Opcode.Builder> rows() {
    List<Opcode.Builder> rows = new ArrayList<>();
    // pdf: uniform | normal | poisson; min, max bound the uniform, lambda is the Poisson mean.
    rows.add(
        row("rand")
            .in("rows", 1L)
            .in("cols", 1L)
            .in("min", 0.0)
            .in("max", 1.0)
            .in("sparsity", 1.0)
            .in("seed", -1L)
            .text("pdf", "uniform")
            .in("lambda", 1.0)
            .returns(Results.sized(0, 1))
            .work(Work.sized(5, 0, 1)));
    // data: a scalar to repeat, a text of numbers, or a matrix to reshape.
    rows.add(
        row("matrix")
            .in("data", "rows", "cols")
            .in("byrow", true)
            .returns(Results.sized(1, 2))
            .work(Work.sized(0.5, 1, 2)));
    rows.add(row("seq").in("from", "to").optional("incr").returns(Results.SEQUENCE));
    rows.add(row("sample").in("range", "size").in("replace", false).in("seed", -1L));
    // Contingency table: weights may be a matrix or scalar; dimensions may be left out.
    rows.add(
        row("table")
            .in("dim1", "dim2")
            .optional("weights", "outdim1", "outdim2")
            .in("outputEmptyBlocks", true));
    rows.add(row("outer").in("x", "y").text("op", "*").returns(Results.OUTER));
    return rows;
  }
}

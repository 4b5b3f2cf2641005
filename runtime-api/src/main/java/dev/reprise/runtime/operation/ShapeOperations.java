package dev.reprise.runtime.operation;

import static dev.reprise.runtime.operation.Opcode.row;

import java.util.ArrayList;
import java.util.List;

/** Operations that rearrange cells. Positions of operands are stated in the rows. */
final class ShapeOperations {
  private ShapeOperations() {}

  static List<Opcode.Builder> rows() {
    List<Opcode.Builder> rows = new ArrayList<>();
    rows.add(row("nrow").in("target").structure().returns(Results.INTEGER));
    rows.add(row("ncol").in("target").structure().returns(Results.INTEGER));
    // Cells of a matrix, elements of a list, characters of a text.
    rows.add(row("length").in("target").structure().returns(Results.INTEGER));
    rows.add(row("t").in("target").returns(Results.TRANSPOSED));
    rows.add(row("rev").in("target").returns(Results.LIKE_FIRST));
    rows.add(row("roll").in("target", "shift").returns(Results.LIKE_FIRST));
    rows.add(row("cbind").variadic().returns(Results.CBIND));
    rows.add(row("rbind").variadic().returns(Results.RBIND));
    rows.add(row("diag").in("target").returns(Results.DIAGONAL));
    // X[rl:ru, cl:cu]; see Results.RIGHT_INDEX for left-out bounds. Columns of a frame may be
    // names.
    rows.add(
        row("rightIndex")
            .in("target")
            .optional("rowLower", "rowUpper", "colLower", "colUpper")
            .returns(Results.RIGHT_INDEX)
            .work(Work.SLICE));
    // X[rl:ru, cl:cu] = source, as a new value.
    rows.add(
        row("leftIndex")
            .in("target", "source")
            .optional("rowLower", "rowUpper", "colLower", "colUpper")
            .returns(Results.LIKE_FIRST));
    rows.add(
        row("removeEmpty")
            .in("target")
            .text("margin", "rows")
            .optional("select")
            .in("empty.return", true));
    rows.add(row("replace").in("target", "pattern", "replacement").returns(Results.LIKE_FIRST));
    rows.add(
        row("order")
            .in("target")
            .in("by", 1L)
            .in("decreasing", false)
            .in("index.return", false)
            .work(Work.SORT));
    rows.add(
        row("lower.tri")
            .in("target")
            .in("diag", false)
            .in("values", false)
            .returns(Results.LIKE_FIRST));
    rows.add(
        row("upper.tri")
            .in("target")
            .in("diag", false)
            .in("values", false)
            .returns(Results.LIKE_FIRST));
    // One-hot expansion of a vector: dir is rows or cols.
    rows.add(
        row("rexpand").in("target", "max").text("dir", "cols").in("cast", true).in("ignore", true));
    for (String name : List.of("cumsum", "cumprod", "cummin", "cummax")) {
      rows.add(row(name).in("target").returns(Results.LIKE_FIRST));
    }
    // Y[i] = X[i,1] + X[i,2] * Y[i-1] over the two columns of the target.
    rows.add(row("cumsumprod").in("target").returns(Results.COLUMN));
    rows.add(row("unique").in("target").text("dir", "rc").work(Work.SORT));
    return rows;
  }
}

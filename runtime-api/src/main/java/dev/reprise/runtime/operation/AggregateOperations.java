package dev.reprise.runtime.operation;

import static dev.reprise.runtime.operation.Opcode.row;

import java.util.ArrayList;
import java.util.List;

/** Operations that reduce a matrix to a scalar, a row or a column. */
final class AggregateOperations {
  private AggregateOperations() {}

  static List<Opcode.Builder> rows() {
    List<Opcode.Builder> rows = new ArrayList<>();
    for (String fn : List.of("sum", "mean", "var", "sd", "min", "max", "prod", "trace")) {
      rows.add(row(fn).in("target").returns(Results.DOUBLE));
    }
    for (String fn : List.of("Sums", "Means", "Maxs", "Mins", "Sds", "Vars", "Prods")) {
      rows.add(row("row" + fn).in("target").returns(Results.COLUMN));
      rows.add(row("col" + fn).in("target").returns(Results.ROW));
    }
    for (String fn : List.of("IndexMax", "IndexMin")) {
      rows.add(row("row" + fn).in("target").returns(Results.COLUMN));
      rows.add(row("col" + fn).in("target").returns(Results.ROW));
    }
    // fn: sum | mean | variance | count | centralmoment (with its order, a number)
    rows.add(
        row("aggregate")
            .in("target", "groups", "fn")
            .optional("weights", "ngroups", "order")
            .work(Work.CELLS));
    // Type-7 free: SystemDS's rank-based quantiles; weights may be left out. p: scalar or vector.
    rows.add(row("quantile").in("target").optional("weights").in("p").work(Work.SORT));
    rows.add(
        row("median").in("target").optional("weights").returns(Results.DOUBLE).work(Work.SORT));
    rows.add(
        row("interQuartileMean")
            .in("target")
            .optional("weights")
            .returns(Results.DOUBLE)
            .work(Work.SORT));
    rows.add(row("moment").in("target").optional("weights").in("order").returns(Results.DOUBLE));
    rows.add(row("cov").in("x", "y").optional("weights").returns(Results.DOUBLE));
    rows.add(row("countDistinct").in("target").text("dir", "rc"));
    return rows;
  }
}

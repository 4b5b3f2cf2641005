package dev.reprise.runtime.operation;

import static dev.reprise.runtime.operation.Opcode.row;

import java.util.ArrayList;
import java.util.List;

/**
 * Cumulative probabilities of continuous distributions and their inverses, cell by cell. Parameters
 * are scalars; a distribution ignores those that it does not have.
 */
final class DistributionOperations {
  private DistributionOperations() {}

  static List<Opcode.Builder> rows() {
    List<Opcode.Builder> rows = new ArrayList<>();
    // dist: normal | t | f | chisq | exp.
    rows.add(
        row("cdf")
            .in("target", "dist")
            .in("mean", 0.0)
            .in("sd", 1.0)
            .optional("df", "df1", "df2")
            .in("rate", 1.0)
            .in("lower.tail", true));
    for (String name : List.of("invcdf", "icdf")) {
      rows.add(
          row(name)
              .in("target", "dist")
              .in("mean", 0.0)
              .in("sd", 1.0)
              .optional("df", "df1", "df2")
              .in("rate", 1.0));
    }
    rows.add(row("pnorm").in("target").in("mean", 0.0).in("sd", 1.0).in("lower.tail", true));
    rows.add(row("qnorm").in("target").in("mean", 0.0).in("sd", 1.0));
    rows.add(row("pt").in("target", "df").in("lower.tail", true));
    rows.add(row("qt").in("target", "df"));
    rows.add(row("pf").in("target", "df1", "df2").in("lower.tail", true));
    rows.add(row("qf").in("target", "df1", "df2"));
    rows.add(row("pchisq").in("target", "df").in("lower.tail", true));
    rows.add(row("qchisq").in("target", "df"));
    rows.add(row("pexp").in("target").in("rate", 1.0).in("lower.tail", true));
    rows.add(row("qexp").in("target").in("rate", 1.0));
    return rows.stream().map(row -> row.returns(Results.LIKE_FIRST).work(Work.FUNCTION)).toList();
  }
}

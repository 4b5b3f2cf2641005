package dev.reprise.cli;

import dev.reprise.ReuseForecast;
import dev.reprise.ReuseForecast.Statement;
import java.util.List;
import java.util.Locale;

/** What reuse would have saved, as a table for a person. */
final class ForecastTable {
  private ForecastTable() {}

  /**
   * @param rows how many statements are listed, those first that would save most
   */
  static String text(ReuseForecast forecast, int rows) {
    StringBuilder text = new StringBuilder("\n");
    text.append(
        String.format(
            Locale.ROOT,
            "  reuse would have saved %s: %d of %d operations computed a value again%n",
            Units.seconds(forecast.savedNanos()),
            forecast.repeated(),
            forecast.computations()));
    text.append(
        String.format(
            Locale.ROOT, "  memory for their values: %s%n", Units.bytes(forecast.bytes())));
    List<Statement> repeated =
        forecast.statements().stream().filter(statement -> statement.repeated() > 0).toList();
    if (repeated.isEmpty() || rows == 0) {
      return text.toString();
    }
    text.append('\n').append(row("operation", "computed", "again", "saves", "memory", "where"));
    for (Statement one : repeated.subList(0, Math.min(rows, repeated.size()))) {
      text.append(
          row(
              one.opcode(),
              String.valueOf(one.computations()),
              String.valueOf(one.repeated()),
              Units.seconds(one.savedNanos()),
              Units.bytes(one.bytes()),
              one.place()));
    }
    if (repeated.size() > rows) {
      text.append("  and ").append(repeated.size() - rows).append(" more\n");
    }
    return text.toString();
  }

  private static String row(
      String opcode, String computed, String again, String saves, String memory, String where) {
    String row =
        String.format(
            Locale.ROOT,
            "  %-16s %9s %9s %11s %11s  %s",
            opcode,
            computed,
            again,
            saves,
            memory,
            where);
    return row.stripTrailing() + System.lineSeparator();
  }
}

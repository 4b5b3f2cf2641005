package dev.reprise.bench.compare;

import dev.reprise.bench.eviction.EvictionReport;
import java.util.Locale;
import java.util.Map;

/** Draws what each eviction policy saves of what a clairvoyant one saves, per trace and budget. */
final class EvictionChart {
  private static final String[] COLOURS = {"#b0b7c3", "#d9a441", "#6b8fc9", "#1a7f5a", "#8e5ea2"};
  private static final int LEFT = 150;
  private static final int WIDTH = 440;
  private static final int BAR_STEP = 9;

  private EvictionChart() {}

  static String of(EvictionReport report) {
    Svg svg = new Svg();
    int x = 10;
    int colour = 0;
    for (String policy : report.rows().getFirst().budgets().getFirst().savedSeconds().keySet()) {
      svg.bar(x, 7, 12, 9, COLOURS[colour++ % COLOURS.length]);
      svg.text(x + 16, 16, "#222222", "normal", policy);
      x += 90;
    }
    svg.text(x, 16, "#222222", "normal", "saved time, % of the clairvoyant plan's");
    int y = 28;
    for (EvictionReport.Row row : report.rows()) {
      svg.text(10, y + 11, "#222222", "bold", row.name());
      y += 14;
      for (EvictionReport.AtBudget at : row.budgets()) {
        y = bars(svg, at, y);
      }
    }
    return svg.document(y + 8);
  }

  private static int bars(Svg svg, EvictionReport.AtBudget at, int top) {
    int y = top;
    int colour = 0;
    String label = String.format(Locale.ROOT, "%.0f %% of footprint", 100 * at.share());
    svg.text(20, y + 12, "#444444", "normal", label);
    for (Map.Entry<String, Double> saved : at.savedSeconds().entrySet()) {
      double part = at.relative(saved.getKey());
      svg.bar(LEFT, y, WIDTH * Math.min(part, 1.1), 7, COLOURS[colour++ % COLOURS.length]);
      String words = String.format(Locale.ROOT, "%.0f", 100 * part);
      svg.text(LEFT + WIDTH * Math.min(part, 1.1) + 4, y + 8, "#555555", "normal", words);
      y += BAR_STEP;
    }
    return y + 4;
  }
}

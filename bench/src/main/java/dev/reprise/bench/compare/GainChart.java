package dev.reprise.bench.compare;

import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * Draws how many times faster reuse makes each workload, with the ceiling and what LIMA reports.
 */
final class GainChart {
  private static final int LEFT = 20;
  private static final int WIDTH = 560;
  private static final int PANEL = 50;

  private GainChart() {}

  /** Bars on one logarithmic scale, from 0.5 times to the largest number in the picture. */
  static String of(Comparison comparison) {
    double most =
        comparison.rows().stream()
            .flatMapToDouble(GainChart::numbers)
            .filter(Double::isFinite)
            .max()
            .orElse(2);
    Svg svg = new Svg();
    svg.text(LEFT, 16, "#222222", "normal", "times faster by reuse, logarithmic;");
    svg.bar(230, 7, 12, 9, "#1a7f5a");
    svg.text(246, 16, "#222222", "normal", "Reprise none / hybrid");
    svg.bar(370, 7, 12, 9, "#b0b7c3");
    svg.text(386, 16, "#222222", "normal", "SystemDS base / best mode");
    svg.vertical(553, 6, 18, "#c0392b");
    svg.text(559, 16, "#222222", "normal", "ceiling");
    if (comparison.rows().stream().anyMatch(row -> row.published() != null)) {
      svg.diamond(610, 12, 4, "#2c5aa0");
      svg.text(618, 16, "#222222", "normal", "LIMA's paper");
    }
    int y = 30;
    for (Comparison.Row row : comparison.rows()) {
      panel(svg, row, y, most);
      y += PANEL;
    }
    return svg.document(y + 4);
  }

  private static DoubleStream numbers(Comparison.Row row) {
    Gain gain = Gain.of(row);
    double published = row.published() == null ? Double.NaN : row.published();
    return DoubleStream.of(gain.times(), gain.ceiling(), Gain.ofSystemDs(row), published);
  }

  private static void panel(Svg svg, Comparison.Row row, int top, double most) {
    Gain gain = Gain.of(row);
    svg.text(LEFT - 10, top + 12, "#222222", "bold", row.title());
    bar(svg, top + 17, gain.times(), most, "#1a7f5a");
    bar(svg, top + 31, Gain.ofSystemDs(row), most, "#b0b7c3");
    if (Double.isFinite(gain.ceiling())) {
      double x = x(gain.ceiling(), most);
      svg.vertical(x, top + 15, top + 44, "#c0392b");
    }
    if (row.published() != null) {
      svg.diamond(x(row.published(), most), top + 29, 5, "#2c5aa0");
    }
    double one = x(1, most);
    svg.vertical(one, top + 15, top + 44, "#888888");
  }

  private static void bar(Svg svg, double y, double times, double most, String colour) {
    if (Double.isFinite(times)) {
      svg.bar(LEFT, y, x(times, most) - LEFT, 11, colour);
      String words = String.format(Locale.ROOT, "%.2fx", times);
      svg.text(LEFT + WIDTH + 20, y + 10, "#222222", "normal", words);
    }
  }

  private static double x(double times, double most) {
    double scale = Math.log(Math.max(most, 2) / 0.5);
    return LEFT + WIDTH * Math.clamp(Math.log(times / 0.5) / scale, 0, 1);
  }
}

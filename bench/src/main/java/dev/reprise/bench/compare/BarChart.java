package dev.reprise.bench.compare;

import java.util.List;
import java.util.Locale;

/**
 * Draws a comparison as an SVG picture: one panel of bars per workload, each with its own scale.
 */
final class BarChart {
  private static final int LABEL_WIDTH = 150;
  private static final int BAR_WIDTH = 470;
  private static final int BAR_HEIGHT = 13;
  private static final int BAR_STEP = 17;
  private static final int PANEL_GAP = 34;

  private BarChart() {}

  /** Process wall time per workload and subject; the whisker reaches from smallest to largest. */
  static String of(Comparison comparison) {
    Svg svg = new Svg();
    int y = 10;
    for (Comparison.Row row : comparison.rows()) {
      panel(svg, row, y);
      y += PANEL_GAP + BAR_STEP * row.cells().size();
    }
    return svg.document(y + 4);
  }

  private static void panel(Svg svg, Comparison.Row row, int top) {
    List<Comparison.Cell> cells = row.cells();
    double longest =
        cells.stream().mapToDouble(c -> c.wall().max()).filter(Double::isFinite).max().orElse(1);
    svg.text(10, top + 12, "#222222", "bold", row.title());
    int y = top + 18;
    for (Comparison.Cell cell : cells) {
      Spread wall = cell.wall();
      svg.text(20, y + 11, "#444444", "normal", cell.subject().label());
      if (wall.isKnown()) {
        double scale = BAR_WIDTH / longest;
        String colour = cell.subject().isReprise() ? "#1a7f5a" : "#b0b7c3";
        svg.bar(LABEL_WIDTH, y, wall.median() * scale, BAR_HEIGHT, colour);
        svg.horizontal(
            LABEL_WIDTH + wall.min() * scale,
            y + BAR_HEIGHT / 2.0,
            LABEL_WIDTH + wall.max() * scale,
            "#333333");
        double end = LABEL_WIDTH + wall.max() * scale + 6;
        String seconds = String.format(Locale.ROOT, "%.2f s", wall.median());
        svg.text(end, y + 11, "#222222", "normal", seconds);
      } else {
        svg.text(LABEL_WIDTH, y + 11, "#aa2222", "normal", "no run ended well");
      }
      y += BAR_STEP;
    }
  }
}

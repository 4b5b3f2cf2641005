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
    StringBuilder svg = new StringBuilder();
    int y = 10;
    for (Comparison.Row row : comparison.rows()) {
      panel(svg, row, y);
      y += PANEL_GAP + BAR_STEP * row.cells().size();
    }
    return """
    <svg xmlns="http://www.w3.org/2000/svg" width="720" height="%d" viewBox="0 0 720 %d" \
    font-family="sans-serif" font-size="11">
    <rect width="100%%" height="100%%" fill="#ffffff"/>
    %s</svg>
    """
        .formatted(y + 4, y + 4, svg);
  }

  private static void panel(StringBuilder svg, Comparison.Row row, int top) {
    List<Comparison.Cell> cells = row.cells();
    double longest =
        cells.stream().mapToDouble(c -> c.wall().max()).filter(Double::isFinite).max().orElse(1);
    text(svg, 10, top + 12, "#222222", "bold", row.title());
    int y = top + 18;
    for (Comparison.Cell cell : cells) {
      Spread wall = cell.wall();
      text(svg, 20, y + 11, "#444444", "normal", cell.subject().label());
      if (wall.isKnown()) {
        double scale = BAR_WIDTH / longest;
        String colour = cell.subject().isReprise() ? "#1a7f5a" : "#b0b7c3";
        svg.append(
            format(
                "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n",
                LABEL_WIDTH, y, Math.max(1, wall.median() * scale), BAR_HEIGHT, colour));
        double middle = y + BAR_HEIGHT / 2.0;
        svg.append(
            format(
                "<path d=\"M%.1f %.1fH%.1f\" stroke=\"#333333\" stroke-width=\"1\"/>%n",
                LABEL_WIDTH + wall.min() * scale, middle, LABEL_WIDTH + wall.max() * scale));
        double end = LABEL_WIDTH + wall.max() * scale + 6;
        text(svg, end, y + 11, "#222222", "normal", format("%.2f s", wall.median()));
      } else {
        text(svg, LABEL_WIDTH, y + 11, "#aa2222", "normal", "no run ended well");
      }
      y += BAR_STEP;
    }
  }

  private static void text(
      StringBuilder svg, double x, double y, String colour, String weight, String words) {
    String escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    svg.append(
        format(
            "<text x=\"%.1f\" y=\"%.1f\" fill=\"%s\" font-weight=\"%s\">%s</text>%n",
            x, y, colour, weight, escaped));
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}

package dev.reprise.cli;

import java.util.List;
import java.util.Locale;

/**
 * A comparison of placements as a picture: a bar per combination up to the median of its times, a
 * whisker from the fastest run to the slowest.
 *
 * <pre>
 *  opencl:0   none    ##################|-+-|  1.23 s
 *             hybrid  #####|+|  0.31 s
 *  cuda:0     absent: ...
 *                     0      0.5      1.0      1.5   seconds
 * </pre>
 */
final class BenchPlot {
  private static final int WIDTH = 760;
  private static final int LEFT = 190;
  private static final int RIGHT = 660;
  private static final int TOP = 56;
  private static final int BAR = 18;
  private static final int ROW = 25;
  private static final int GAP = 12;

  /** The longest reason that fits beside a placement. */
  private static final int REASON = 90;

  private static final List<String> COLOURS =
      List.of("#9aa5b1", "#1a7f5a", "#3b6fb6", "#c9803a", "#8a5fb0", "#b84a62");

  private final BenchPlan plan;
  private final List<String> modes;
  private final boolean inMillis;
  private final double step;
  private final double end;
  private final StringBuilder shapes = new StringBuilder();
  private int y = TOP;

  private BenchPlot(BenchPlan plan) {
    this.plan = plan;
    this.modes = plan.cells().stream().map(BenchCell::reuse).distinct().toList();
    this.inMillis = plan.slowestNanos() < 1_000_000_000L;
    double most = Math.max(scaled(plan.slowestNanos()), 1e-3);
    this.step = step(most);
    this.end = Math.ceil(most / step - 1e-9) * step;
  }

  /** The picture's file. */
  static String svg(BenchPlan plan) {
    return new BenchPlot(plan).draw();
  }

  private String draw() {
    text(16, 24, "start", "#1f2933", "font-size=\"15\" font-weight=\"bold\"", plan.script());
    text(16, 42, "start", "#52606d", "", "Median time of " + BenchTable.method(plan));
    for (List<BenchCell> cells : plan.byPlacement()) {
      y += GAP;
      text(16, y + 13, "start", "#1f2933", "font-weight=\"bold\"", cells.getFirst().placement());
      if (cells.stream().allMatch(cell -> cell.absence() != null)) {
        remark("absent: " + cells.getFirst().absence());
        y += ROW;
      } else {
        cells.forEach(this::cell);
      }
    }
    return document(axis());
  }

  private void cell(BenchCell cell) {
    text(LEFT - 10, y + 13, "end", "#52606d", "", cell.reuse());
    if (!cell.isMeasured()) {
      remark(cell.absence() == null ? "failed: " + cell.failure() : "absent: " + cell.absence());
    } else {
      bar(cell);
    }
    y += ROW;
  }

  private void remark(String words) {
    text(LEFT + 6, y + 13, "start", "#8a1c1c", "font-style=\"italic\"", excerpt(words));
  }

  private void bar(BenchCell cell) {
    double median = x(scaled(cell.medianNanos()));
    double fastest = x(scaled(cell.fastestNanos()));
    double slowest = x(scaled(cell.slowestNanos()));
    double middle = y + BAR / 2.0;
    shape(
        "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>",
        LEFT, y, Math.max(1, median - LEFT), BAR, colour(cell));
    shape(
        "<path d=\"M%.1f %.1fH%.1fM%.1f %.1fv8M%.1f %.1fv8\" stroke=\"#1f2933\""
            + " stroke-width=\"1.5\" fill=\"none\"/>",
        fastest, middle, slowest, fastest, middle - 4, slowest, middle - 4);
    String differs = cell.difference() == null ? "" : " - other results!";
    text(slowest + 8, y + 13, "start", "#1f2933", "", time(cell) + differs);
  }

  private String time(BenchCell cell) {
    double median = scaled(cell.medianNanos());
    String pattern = median >= 100 ? "%.0f %s" : median >= 10 ? "%.1f %s" : "%.2f %s";
    return String.format(Locale.ROOT, pattern, median, unit());
  }

  /** Each mode of reuse has its colour, in the order of the modes. */
  private String colour(BenchCell cell) {
    return COLOURS.get(modes.indexOf(cell.reuse()) % COLOURS.size());
  }

  /** Draws the scale below the bars and its lines behind them; returns the picture's height. */
  private int axis() {
    int bottom = y + GAP;
    StringBuilder bars = new StringBuilder(shapes);
    shapes.setLength(0);
    for (int i = 0; i * step <= end * (1 + 1e-9); i++) {
      double x = x(i * step);
      shape(
          "<path d=\"M%.1f %dV%d\" stroke=\"%s\" stroke-width=\"1\"/>",
          x, TOP, bottom, i == 0 ? "#7b8794" : "#e4e7eb");
      text(x, bottom + 16, "middle", "#52606d", "", number(i * step));
    }
    text(RIGHT + 30, bottom + 16, "start", "#52606d", "", inMillis ? "milliseconds" : "seconds");
    shapes.append(bars);
    return bottom + 30;
  }

  private String number(double value) {
    int digits = Math.max(0, (int) Math.ceil(-Math.log10(step) - 1e-9));
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }

  /** The distance of the scale's lines: 1, 2 or 5 times a power of ten, four to eight lines. */
  private static double step(double most) {
    double power = Math.pow(10, Math.floor(Math.log10(most / 4)));
    double mantissa = most / 4 / power;
    return power * (mantissa >= 5 ? 5 : mantissa >= 2 ? 2 : 1);
  }

  private double scaled(long nanos) {
    return inMillis ? nanos / 1e6 : nanos / 1e9;
  }

  private String unit() {
    return inMillis ? "ms" : "s";
  }

  private double x(double value) {
    return LEFT + value / end * (RIGHT - LEFT);
  }

  private static String excerpt(String words) {
    String line = words.lines().findFirst().orElse("");
    return line.length() <= REASON ? line : line.substring(0, REASON - 3) + "...";
  }

  private void text(double x, double y, String anchor, String colour, String more, String words) {
    shape(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"%s\" %s>%s</text>",
        x, y, anchor, colour, more, escaped(words));
  }

  private static String escaped(String words) {
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private void shape(String pattern, Object... values) {
    shapes.append(String.format(Locale.ROOT, pattern, values)).append('\n');
  }

  private String document(int height) {
    return """
    <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" \
    font-family="sans-serif" font-size="12">
    <rect width="100%%" height="100%%" fill="#ffffff"/>
    %s</svg>
    """
        .formatted(WIDTH, height, WIDTH, height, shapes);
  }
}

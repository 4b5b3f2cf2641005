package dev.reprise.bench.compare;

import java.util.Locale;

/** A picture under construction: rectangles, lines and words, y downwards. */
final class Svg {
  private static final int WIDTH = 720;

  private final StringBuilder shapes = new StringBuilder();

  void bar(double x, double y, double width, double height, String colour) {
    shape(
        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>%n",
        x, y, Math.max(1, width), height, colour);
  }

  void horizontal(double x, double y, double toX, String colour) {
    shape("<path d=\"M%.1f %.1fH%.1f\" stroke=\"%s\" stroke-width=\"1\"/>%n", x, y, toX, colour);
  }

  void vertical(double x, double y, double toY, String colour) {
    shape("<path d=\"M%.1f %.1fV%.1f\" stroke=\"%s\" stroke-width=\"2\"/>%n", x, y, toY, colour);
  }

  void diamond(double x, double y, double radius, String colour) {
    shape(
        "<path d=\"M%.1f %.1fl%.1f %.1fl%.1f %.1fl%.1f %.1fz\" fill=\"%s\"/>%n",
        x - radius, y, radius, -radius, radius, radius, -radius, radius, colour);
  }

  void text(double x, double y, String colour, String weight, String words) {
    String escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    shape(
        "<text x=\"%.1f\" y=\"%.1f\" fill=\"%s\" font-weight=\"%s\">%s</text>%n",
        x, y, colour, weight, escaped);
  }

  private void shape(String pattern, Object... values) {
    shapes.append(String.format(Locale.ROOT, pattern, values));
  }

  /** The file's text for a picture of that height. */
  String document(int height) {
    return """
    <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" \
    font-family="sans-serif" font-size="11">
    <rect width="100%%" height="100%%" fill="#ffffff"/>
    %s</svg>
    """
        .formatted(WIDTH, height, WIDTH, height, shapes);
  }
}

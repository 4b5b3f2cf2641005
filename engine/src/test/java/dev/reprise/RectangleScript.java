package dev.reprise;

/**
 * The text of a {@link RectangleProgram}, statement by statement, and the rows of {@code R} that it
 * has filled.
 */
final class RectangleScript {
  static final int MOST_RESULTS = 90;

  private final StringBuilder text = new StringBuilder();
  private final boolean isSpecial;
  private boolean isLoop;
  private int results;

  /**
   * @param isSpecial whether results may be infinite or no numbers
   */
  RectangleScript(boolean isSpecial) {
    this.isSpecial = isSpecial;
  }

  String text() {
    return text.toString();
  }

  /** As it stands. */
  void append(String statements) {
    text.append(statements);
  }

  void assign(String name, String value) {
    text.append(isLoop ? "  " : "").append(name + " = " + value + "\n");
  }

  /** Fills a row of {@code R} with a number that changes with each cell of a variable. */
  void note(String name) {
    if (isSpecial) {
      assign(name, "max(min(replace(target=" + name + ", pattern=0/0, replacement=0.3), 99), -99)");
    }
    String weights =
        "rand(rows=nrow(" + name + "), cols=ncol(" + name + "), min=-1, max=1, seed=77)";
    results++;
    assign(
        "R[" + results + ", " + (isLoop ? "i" : "1") + "]",
        "sum(" + name + " * " + weights + ") / (1 + sum(abs(" + name + ")))");
  }

  boolean hasRoom() {
    return results <= MOST_RESULTS - 2;
  }

  boolean isLoop() {
    return isLoop;
  }

  /**
   * @param head of the loop, up to its body
   */
  void enterLoop(String head) {
    isLoop = true;
    append(head + " {\n");
  }

  void leaveLoop() {
    append("}\n");
    isLoop = false;
  }
}

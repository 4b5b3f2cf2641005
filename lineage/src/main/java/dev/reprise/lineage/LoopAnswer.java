package dev.reprise.lineage;

import dev.reprise.runtime.operation.Place;
import java.util.List;

/**
 * The answer to a question about a trace, expressed on its loops. Immutable.
 *
 * @param program the program that was asked
 * @param steps items outside of loops, as zero-based numbers of steps, ascending
 * @param parts what iterations of loops contain
 * @param outputs names of the outputs that were reached; empty unless that was asked
 */
public record LoopAnswer(
    TraceProgram program, List<Integer> steps, List<Part> parts, List<String> outputs) {

  /**
   * The same in some iterations of a loop.
   *
   * @param levels which iterations: the outermost loop first, of which only the last is cut down to
   *     the entries
   * @param entries operations and values in each of these iterations
   */
  public record Part(List<Level> levels, List<Entry> entries) {}

  /**
   * Iterations of a loop.
   *
   * @param loop how the trace calls it: {@code %4}, or {@code $3} in an iteration around it
   * @param around the first place in the script that the loop has; null when not known
   * @param patch the number of the path that the iterations took
   * @param iterations among which they are, ascending; others in between took other paths
   * @param count how many took the path
   */
  public record Level(
      String loop, Place around, int patch, List<Iterations> iterations, long count) {
    /** True when all iterations of the spans took the path. */
    public boolean isAll() {
      return iterations.stream().mapToLong(Iterations::count).sum() == count;
    }
  }

  /** Iterations from, from + step, ... to, counted from 1. */
  public record Iterations(long from, long to, long step) {
    public long count() {
      return (to - from) / step + 1;
    }

    @Override
    public String toString() {
      return from == to
          ? Long.toString(from)
          : step == 1 ? from + "-" + to : from + "-" + to + " (every " + step + ")";
    }
  }

  /**
   * An operation or value of a patch.
   *
   * @param name as in the text of the patch: {@code $2}, {@code ?1}
   * @param text its line in the text of the patch, and what is known of a column
   * @param operation the opcode, {@code literal}, {@code column}
   * @param place where the script has it or what it calls it; empty when not known
   */
  public record Entry(String name, String text, String operation, String place) {}

  /** The line of a step, without its end. */
  public String line(int step) {
    return LoopAnswerMaker.line(program, step);
  }

  /** Where the script has the item of a step, or what it calls it; empty when not known. */
  public String placeOf(int step) {
    return LoopAnswerMaker.place(((TraceProgram.Item) program.steps().get(step)).item());
  }

  /** The item of a step. */
  public LineageItem item(int step) {
    return ((TraceProgram.Item) program.steps().get(step)).item();
  }
}

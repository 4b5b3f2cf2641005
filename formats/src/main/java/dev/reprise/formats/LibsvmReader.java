package dev.reprise.formats;

import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.MatrixOperand;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Reads libsvm: one row per line, the label first, then pairs of a one-based position and a value.
 * The label becomes the last column, as in SystemDS. {@code cols=} counts the features, so the
 * matrix has one column more; left out, the largest position tells. Without {@code sep=} the words
 * may be separated by white space or commas.
 */
final class LibsvmReader {
  /** Compressed rows number their columns by an int, and the label takes one. */
  private static final long MOST_FEATURES = Integer.MAX_VALUE - 1L;

  private final ReadSettings settings;
  private final List<TextBlock> blocks;
  private final int threads;
  private final byte[] separator;

  LibsvmReader(ReadSettings settings, List<TextBlock> blocks, int threads) {
    this.settings = settings;
    this.blocks = blocks;
    this.threads = threads;
    this.separator = settings.ownSeparator() ? settings.separator() : null;
  }

  /** What one block holds; labels are in a list of their own, since their column comes last. */
  private static final class Part {
    final CellList features = new CellList();
    final CellList labels = new CellList();
    long rows;
    long largest;
  }

  /** Reads a matrix that the caller owns. */
  MatrixOperand matrix(Allocator allocator) {
    if (settings.cols() > MOST_FEATURES) {
      throw new FormatException(
          settings.file(),
          settings.shapeSource()
              + " "
              + settings.cols()
              + " columns, libsvm is read with at most "
              + MOST_FEATURES);
    }
    Part[] parts = new Part[blocks.size()];
    BlockTasks.run(parts.length, threads, b -> parts[b] = part(blocks.get(b)));
    long rows = 0;
    long features = Math.max(0, settings.cols());
    for (Part part : parts) {
      part.features.movedDown(rows);
      part.labels.movedDown(rows);
      rows += part.rows;
      features = Math.max(features, part.largest);
    }
    if (settings.rows() >= 0 && settings.rows() != rows) {
      throw new FormatException(
          settings.file(),
          settings.shapeSource() + " " + settings.rows() + " rows, the file has " + rows);
    }
    try (CellTarget target = new CellTarget(rows, features + 1, allocator)) {
      for (Part part : parts) {
        target.take(part.features);
        CellList labels = new CellList();
        for (int i = 0; i < part.labels.size(); i++) {
          labels.add(part.labels.row(i), features, part.labels.value(i));
        }
        target.take(labels);
      }
      return target.finish();
    }
  }

  private Part part(TextBlock block) {
    Part part = new Part();
    byte[] bytes = block.load();
    int at = 0;
    while (at < bytes.length) {
      int end = lineEnd(bytes, at);
      if (!isBlank(bytes, at, end)) {
        new Line(block, bytes, at, end).read(part);
        part.rows++;
      }
      at = end + 1;
    }
    return part;
  }

  private static int lineEnd(byte[] bytes, int from) {
    int end = from;
    while (end < bytes.length && bytes[end] != '\n') {
      end++;
    }
    return end;
  }

  private static boolean isBlank(byte[] bytes, int from, int end) {
    for (int i = from; i < end; i++) {
      if (!isSpace(bytes[i])) {
        return false;
      }
    }
    return true;
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\t' || b == '\r';
  }

  /** One line, word by word. */
  private final class Line {
    private final TextBlock block;
    private final byte[] bytes;
    private final int end;
    private final DecimalScanner scanner = new DecimalScanner();
    private int at;

    Line(TextBlock block, byte[] bytes, int from, int end) {
      this.block = block;
      this.bytes = bytes;
      this.at = from;
      this.end = end;
    }

    void read(Part part) {
      skipSeparators();
      part.labels.add(part.rows, 0, number("a label", wordEnd(at)));
      long limit = settings.cols() >= 0 ? settings.cols() : MOST_FEATURES;
      for (skipSeparators(); at < end; skipSeparators()) {
        int wordEnd = wordEnd(at);
        int split = find(settings.indexSeparator(), at, wordEnd);
        if (split < 0) {
          throw problem(at, "a position, \"" + text(settings.indexSeparator()) + "\" and a value");
        }
        int start = at;
        double position = number("a position", split);
        if (position != Math.rint(position) || position < 1 || position > limit) {
          throw problem(start, "a position in 1 to " + limit);
        }
        at = split + settings.indexSeparator().length;
        part.features.add(part.rows, (long) position - 1, number("a value", wordEnd));
        part.largest = Math.max(part.largest, (long) position);
      }
    }

    private void skipSeparators() {
      while (at < end && (isSpace(bytes[at]) || separatorAt(at) > 0)) {
        at += Math.max(1, separatorAt(at));
      }
    }

    private int separatorAt(int position) {
      if (separator == null) {
        return bytes[position] == ',' || isSpace(bytes[position]) ? 1 : 0;
      }
      return CsvCells.startsWith(bytes, position, separator) ? separator.length : 0;
    }

    private int wordEnd(int from) {
      int to = from;
      while (to < end && !isSpace(bytes[to]) && separatorAt(to) == 0) {
        to++;
      }
      return to;
    }

    private int find(byte[] what, int from, int to) {
      for (int i = from; i + what.length <= to; i++) {
        if (CsvCells.startsWith(bytes, i, what)) {
          return i;
        }
      }
      return -1;
    }

    /** The number from here to {@code to}, and moves there. */
    private double number(String what, int to) {
      double value = scanner.scan(bytes, at, to);
      if (scanner.end != to) {
        String word = new String(bytes, at, to - at, StandardCharsets.UTF_8);
        value = NumberText.parse(word);
        if (Double.isNaN(value) && !NumberText.isNaN(word)) {
          throw problem(at, what);
        }
      }
      at = to;
      return value;
    }

    private FormatException problem(int position, String due) {
      String found =
          new String(bytes, position, wordEnd(position) - position, StandardCharsets.UTF_8);
      return block.problem(
          bytes,
          position,
          due
              + " is due, found \""
              + NumberText.shortened(found)
              + "\"; a line is \"label position"
              + text(settings.indexSeparator())
              + "value ...\", see sep= and indSep=");
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}

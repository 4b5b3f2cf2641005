package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.ColumnType.Storage;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.StringScalar;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * Indexing and binding of frames. The kernels of these opcodes, which matrices share, call here
 * when an operand is a frame; operands come in the order of the opcode's parameters.
 */
public final class FrameShape {
  private FrameShape() {}

  /** True when an operand is a frame, so that the operation belongs here. */
  public static boolean isFrame(Operand[] operands) {
    for (Operand operand : operands) {
      if (operand instanceof Frame) {
        return true;
      }
    }
    return false;
  }

  /** A zero-based range: from inclusive, to exclusive. */
  record Range(int from, int to) {
    int length() {
      return to - from;
    }
  }

  /** {@code F[rl:ru, cl:cu]}; a column may be a name. Keeps names and types. */
  public static Frame rightIndex(Operand[] operands) {
    if (!(operands[0] instanceof Frame frame)) {
      throw new OperandException("an index must be a number, not a frame");
    }
    Range rows = range("row", operands[1], operands[2], frame.rows(), frame);
    Range cols = range("column", operands[3], operands[4], frame.cols(), frame);
    FrameBuilder builder = new FrameBuilder();
    for (int c = cols.from; c < cols.to; c++) {
      if (rows.length() == frame.rows()) {
        builder.share(frame, c);
        continue;
      }
      Column column = new Column(frame.schema().get(c), rows.length());
      column.copy(frame, c, rows.from, 0, rows.length());
      builder.add(frame.names().get(c), column);
    }
    return builder.build(rows.length());
  }

  /**
   * {@code F[rl:ru, cl:cu] = source} as a new frame. Cells take the type of their new column; a
   * column that is replaced as a whole by what its type cannot hold takes the source's type, as
   * does every column when the whole frame is replaced.
   */
  public static Frame leftIndex(Operand[] operands) {
    if (!(operands[0] instanceof Frame target)) {
      throw new OperandException(
          "a frame cannot be assigned into a matrix; convert it with as.matrix");
    }
    Range rows = range("row", operands[2], operands[3], target.rows(), target);
    Range cols = range("column", operands[4], operands[5], target.cols(), target);
    Frame source = source(operands[1], rows, cols);
    int height = (int) target.rows();
    boolean wholeColumns = rows.length() == height && !(operands[1] instanceof Scalar);
    boolean wholeFrame = wholeColumns && cols.length() == target.cols();
    FrameBuilder builder = new FrameBuilder();
    for (int c = 0; c < target.cols(); c++) {
      if (c < cols.from || c >= cols.to) {
        builder.share(target, c);
        continue;
      }
      ColumnType type = target.schema().get(c);
      ColumnType other = source.schema().get(c - cols.from);
      if (wholeFrame || wholeColumns && !converts(other, type)) {
        type = other;
      }
      Column column = new Column(type, height);
      if (!wholeColumns) {
        column.copy(target, c, 0, 0, height);
      }
      column.copy(source, c - cols.from, 0, rows.from, rows.length());
      builder.addOwn(target.names().get(c), column);
    }
    return builder.build(height);
  }

  /** What is assigned to a part, checked to have its shape. */
  static Frame source(Operand value, Range rows, Range cols) {
    Frame source = asFrame(value, rows, cols);
    if (source.rows() != rows.length() || source.cols() != cols.length()) {
      throw new OperandException(
          "the part assigned to has "
              + rows.length()
              + " rows and "
              + cols.length()
              + " columns, the value assigned has shape "
              + source.shape());
    }
    return source;
  }

  /**
   * True when cells of one type may be written into a column of another without looking at them.
   */
  static boolean converts(ColumnType from, ColumnType to) {
    return from == to
        || to.storage() == Storage.STRING
        || from.storage() != Storage.STRING && CommonType.of(from, to) == to;
  }

  private static Frame asFrame(Operand source, Range rows, Range cols) {
    return switch (source) {
      case Frame frame -> frame;
      case MatrixOperand matrix -> FrameCasts.fromMatrix(matrix);
      case Scalar scalar -> {
        if (rows.length() != 1 || cols.length() != 1) {
          throw new OperandException("a single value can be assigned to one cell only");
        }
        yield FrameCasts.fromScalar(scalar);
      }
    };
  }

  /** Columns side by side. Names are kept if they stay distinct, else become C1, C2, ... */
  public static Frame cbind(Operand[] operands) {
    FrameBuilder builder = new FrameBuilder();
    long rows = -1;
    for (Operand operand : operands) {
      Frame frame = frame("cbind", operand);
      if (rows >= 0 && frame.rows() != rows) {
        throw new OperandException(
            "'cbind' needs equal numbers of rows, but got " + rows + " and " + frame.rows());
      }
      rows = frame.rows();
      for (int c = 0; c < frame.cols(); c++) {
        builder.share(frame, c);
      }
    }
    List<String> names = builder.names();
    boolean distinct = new HashSet<>(names).size() == names.size();
    return builder.build(Math.max(0, rows), distinct ? names : Frame.defaultNames(names.size()));
  }

  /** Rows one below the other; see {@link CommonType} for columns whose types differ. */
  public static Frame rbind(Operand[] operands) {
    Frame first = frame("rbind", operands[0]);
    long rows = 0;
    List<ColumnType> schema = new ArrayList<>(first.schema());
    for (Operand operand : operands) {
      Frame frame = frame("rbind", operand);
      if (frame.cols() != first.cols()) {
        throw new OperandException(
            "'rbind' needs equal numbers of columns, but got "
                + first.cols()
                + " and "
                + frame.cols());
      }
      for (int c = 0; c < first.cols(); c++) {
        schema.set(c, CommonType.of(schema.get(c), frame.schema().get(c)));
      }
      rows += frame.rows();
    }
    FrameBuilder builder = new FrameBuilder();
    for (int c = 0; c < first.cols(); c++) {
      Column column = new Column(schema.get(c), Math.toIntExact(rows));
      int at = 0;
      for (Operand operand : operands) {
        Frame frame = (Frame) operand;
        column.copy(frame, c, 0, at, (int) frame.rows());
        at += (int) frame.rows();
      }
      builder.add(first.names().get(c), column);
    }
    return builder.build(rows);
  }

  private static Frame frame(String operation, Operand operand) {
    if (operand instanceof Frame frame) {
      return frame;
    }
    throw new OperandException(
        "'" + operation + "' cannot join a frame with a matrix or scalar; use as.frame first");
  }

  static Range range(String what, Operand lower, Operand upper, long size, Frame frame) {
    Scalar first = bound(what, lower);
    Scalar last = bound(what, upper);
    if (first.isAbsent()) {
      return new Range(0, (int) size);
    }
    long from = position(what, first, frame);
    long to = last.isAbsent() ? from : position(what, last, frame);
    if (from < 1 || to > size || from > to) {
      throw new OperandException(
          what
              + " index "
              + (from == to ? "" + from : from + ":" + to)
              + " is out of range for a frame of shape "
              + frame.shape());
    }
    return new Range((int) from - 1, (int) to);
  }

  private static Scalar bound(String what, Operand bound) {
    return FrameKernels.scalarIn("[ ]", what, bound);
  }

  private static long position(String what, Scalar bound, Frame frame) {
    if (!(bound instanceof StringScalar name) || !what.equals("column")) {
      if (!bound.fitsLong() && Double.isNaN(bound.asDouble())) {
        throw new OperandException("a " + what + " index must be a whole number, not NaN");
      }
      return bound.asLong();
    }
    int position = frame.names().indexOf(name.value());
    if (position < 0) {
      throw new OperandException(
          "the frame has no column \""
              + name.value()
              + "\"; its columns are "
              + String.join(", ", frame.names()));
    }
    return position + 1L;
  }
}

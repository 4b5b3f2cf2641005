package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.ColumnType;
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
  private record Range(int from, int to) {
    int length() {
      return to - from;
    }
  }

  /** {@code F[rl:ru, cl:cu]}; a column may be a name. Keeps names and types. */
  public static Frame rightIndex(Operand[] operands) {
    Frame frame = (Frame) operands[0];
    Range rows = range("row", operands[1], operands[2], frame.rows(), frame);
    Range cols = range("column", operands[3], operands[4], frame.cols(), frame);
    List<Object> columns = new ArrayList<>();
    for (int c = cols.from; c < cols.to; c++) {
      ColumnType type = frame.schema().get(c);
      Object column = FrameCells.newColumn(type, rows.length());
      FrameCells.copy(frame, c, rows.from, column, type, 0, rows.length());
      columns.add(column);
    }
    // A single cell loses its column's name, as in SystemDS.
    boolean single = rows.length() == 1 && cols.length() == 1;
    return new Frame(
        rows.length(),
        single ? Frame.defaultNames(1) : frame.names().subList(cols.from, cols.to),
        frame.schema().subList(cols.from, cols.to),
        columns);
  }

  /** {@code F[rl:ru, cl:cu] = source} as a new frame; cells take the type of their new column. */
  public static Frame leftIndex(Operand[] operands) {
    if (!(operands[0] instanceof Frame target)) {
      throw new OperandException(
          "a frame cannot be assigned into a matrix; convert it with as.matrix");
    }
    Range rows = range("row", operands[2], operands[3], target.rows(), target);
    Range cols = range("column", operands[4], operands[5], target.cols(), target);
    Frame source = asFrame(operands[1], rows, cols);
    if (source.rows() != rows.length() || source.cols() != cols.length()) {
      throw new OperandException(
          "the part assigned to has "
              + rows.length()
              + " rows and "
              + cols.length()
              + " columns, the value assigned has shape "
              + source.shape());
    }
    int height = (int) target.rows();
    List<Object> columns = new ArrayList<>();
    for (int c = 0; c < target.cols(); c++) {
      if (c < cols.from || c >= cols.to) {
        columns.add(target.column(c));
        continue;
      }
      ColumnType type = target.schema().get(c);
      Object column = FrameCells.newColumn(type, height);
      FrameCells.copy(target, c, 0, column, type, 0, height);
      FrameCells.copy(source, c - cols.from, 0, column, type, rows.from, rows.length());
      columns.add(column);
    }
    return FrameCells.likeNamed(target, height, columns);
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
    List<String> names = new ArrayList<>();
    List<ColumnType> schema = new ArrayList<>();
    List<Object> columns = new ArrayList<>();
    long rows = -1;
    for (Operand operand : operands) {
      Frame frame = frame("cbind", operand);
      if (rows >= 0 && frame.rows() != rows) {
        throw new OperandException(
            "'cbind' needs equal numbers of rows, but got " + rows + " and " + frame.rows());
      }
      rows = frame.rows();
      names.addAll(frame.names());
      schema.addAll(frame.schema());
      for (int c = 0; c < frame.cols(); c++) {
        columns.add(frame.column(c));
      }
    }
    boolean distinct = new HashSet<>(names).size() == names.size();
    return new Frame(
        Math.max(0, rows), distinct ? names : Frame.defaultNames(names.size()), schema, columns);
  }

  /** Rows one below the other; a column whose types differ becomes text. Names of the first. */
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
        if (frame.schema().get(c) != schema.get(c)) {
          schema.set(c, ColumnType.STRING);
        }
      }
      rows += frame.rows();
    }
    List<Object> columns = new ArrayList<>();
    for (int c = 0; c < first.cols(); c++) {
      Object column = FrameCells.newColumn(schema.get(c), Math.toIntExact(rows));
      int at = 0;
      for (Operand operand : operands) {
        Frame frame = (Frame) operand;
        FrameCells.copy(frame, c, 0, column, schema.get(c), at, (int) frame.rows());
        at += (int) frame.rows();
      }
      columns.add(column);
    }
    return new Frame(rows, first.names(), schema, columns);
  }

  private static Frame frame(String operation, Operand operand) {
    if (operand instanceof Frame frame) {
      return frame;
    }
    throw new OperandException(
        "'" + operation + "' cannot join a frame with a matrix or scalar; use as.frame first");
  }

  private static Range range(String what, Operand lower, Operand upper, long size, Frame frame) {
    if (((Scalar) lower).isAbsent()) {
      return new Range(0, (int) size);
    }
    long from = position(what, (Scalar) lower, frame);
    long to = ((Scalar) upper).isAbsent() ? from : position(what, (Scalar) upper, frame);
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

  private static long position(String what, Scalar bound, Frame frame) {
    if (!(bound instanceof StringScalar name) || !what.equals("column")) {
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

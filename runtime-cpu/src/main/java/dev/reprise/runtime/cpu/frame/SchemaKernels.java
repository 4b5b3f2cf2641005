package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.KernelTable;
import java.util.ArrayList;
import java.util.List;

/** Frames and a row of type names or lengths: what fits stays, or is brought to fit. */
final class SchemaKernels {
  private SchemaKernels() {}

  static void register(KernelTable.Builder table) {
    table.add("applySchema", (_, in, _) -> one(applySchema(in)));
    table.add("dropInvalidType", (_, in, _) -> one(dropInvalidType(in)));
    table.add("dropInvalidLength", (_, in, _) -> one(dropInvalidLength(in)));
    table.add("valueSwap", (_, in, _) -> one(valueSwap(in)));
  }

  private static Operand[] one(Frame frame) {
    return new Operand[] {frame};
  }

  /** Each column converted to the type that the schema names. */
  private static Frame applySchema(Operand[] in) {
    Frame frame = FrameKernels.frameIn("applySchema", in[0]);
    List<ColumnType> types = types("applySchema", frame, in[1]);
    FrameBuilder builder = new FrameBuilder();
    for (int c = 0; c < frame.cols(); c++) {
      if (types.get(c) == frame.schema().get(c)) {
        builder.share(frame, c);
        continue;
      }
      Column column = new Column(types.get(c), (int) frame.rows());
      column.copy(frame, c, 0, 0, (int) frame.rows());
      builder.add(frame.names().get(c), column);
    }
    return builder.build(frame.rows());
  }

  /** Cells that do not fit the type of their column become missing; types stay. */
  private static Frame dropInvalidType(Operand[] in) {
    Frame frame = FrameKernels.frameIn("dropInvalidType", in[0]);
    List<ColumnType> types = types("dropInvalidType", frame, in[1]);
    return kept(frame, (r, c) -> CellType.fits(frame.textAt(r, c), types.get(c)));
  }

  /** Cells whose text is longer than their column allows become missing. */
  private static Frame dropInvalidLength(Operand[] in) {
    Frame frame = FrameKernels.frameIn("dropInvalidLength", in[0]);
    double[] most = new double[frame.cols()];
    long given = shapeOf(in[1]);
    if (given != most.length) {
      throw new OperandException(
          "'dropInvalidLength' needs a length for each of "
              + most.length
              + " columns, but got "
              + given);
    }
    for (int c = 0; c < most.length; c++) {
      most[c] =
          switch (in[1]) {
            case MatrixOperand matrix -> matrix.get(0, c);
            case Frame lengths -> FrameCells.number(lengths, 0, c);
            case Scalar scalar -> scalar.asDouble();
          };
    }
    return kept(frame, (r, c) -> most[c] < 0 || frame.textAt(r, c).length() <= most[c]);
  }

  private static long shapeOf(Operand operand) {
    return switch (operand) {
      case MatrixOperand matrix when matrix.rows() == 1 -> matrix.cols();
      case Frame lengths when lengths.rows() == 1 -> lengths.cols();
      case Scalar _ -> 1;
      default -> throw new OperandException("'dropInvalidLength' needs one row of lengths");
    };
  }

  @FunctionalInterface
  private interface CellTest {
    /** Whether a cell that is not missing stays. */
    boolean stays(int row, int col);
  }

  private static Frame kept(Frame frame, CellTest test) {
    FrameBuilder builder = new FrameBuilder();
    int rows = (int) frame.rows();
    for (int c = 0; c < frame.cols(); c++) {
      Column column = new Column(frame.schema().get(c), rows);
      column.copy(frame, c, 0, 0, rows);
      for (int r = 0; r < rows; r++) {
        if (!frame.isMissing(r, c) && !test.stays(r, c)) {
          column.set(r, null, frame.names().get(c));
        }
      }
      builder.add(frame.names().get(c), column);
    }
    return builder.build(rows);
  }

  /**
   * In each row, a cell that does not fit its column's type changes places with the first cell that
   * it could change places with so that both fit.
   */
  private static Frame valueSwap(Operand[] in) {
    Frame frame = FrameKernels.frameIn("valueSwap", in[0]);
    List<ColumnType> types = types("valueSwap", frame, in[1]);
    int rows = (int) frame.rows();
    List<String[]> cells = new ArrayList<>();
    for (int c = 0; c < frame.cols(); c++) {
      String[] texts = new String[rows];
      for (int r = 0; r < rows; r++) {
        texts[r] = frame.textAt(r, c);
      }
      cells.add(texts);
    }
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < frame.cols(); c++) {
        if (!CellType.fits(cells.get(c)[r], types.get(c))) {
          swap(cells, types, r, c);
        }
      }
    }
    FrameBuilder builder = new FrameBuilder();
    for (int c = 0; c < frame.cols(); c++) {
      Column column = new Column(frame.schema().get(c), rows);
      for (int r = 0; r < rows; r++) {
        column.set(r, cells.get(c)[r], frame.names().get(c));
      }
      builder.add(frame.names().get(c), column);
    }
    return builder.build(rows);
  }

  private static void swap(List<String[]> cells, List<ColumnType> types, int row, int col) {
    String cell = cells.get(col)[row];
    for (int c = 0; c < types.size(); c++) {
      String other = cells.get(c)[row];
      if (c != col && CellType.fits(other, types.get(col)) && CellType.fits(cell, types.get(c))) {
        cells.get(col)[row] = other;
        cells.get(c)[row] = cell;
        return;
      }
    }
  }

  /** The types that a schema names: a frame of one row of type names. */
  private static List<ColumnType> types(String operation, Frame frame, Operand schema) {
    Frame names = FrameKernels.frameIn(operation, schema);
    if (names.cols() != frame.cols() || names.rows() != 1) {
      throw new OperandException(
          "'"
              + operation
              + "' needs a schema of one row with a type for each of "
              + frame.cols()
              + " columns, but got a frame of shape "
              + names.shape());
    }
    List<ColumnType> types = new ArrayList<>();
    for (int c = 0; c < names.cols(); c++) {
      String name = String.valueOf(names.textAt(0, c));
      int mark = name.indexOf(ColumnEncoder.MARK);
      types.add(FrameCells.typeNamed(mark < 0 ? name : name.substring(0, mark)));
    }
    return types;
  }
}

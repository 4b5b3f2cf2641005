package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.Buffer;
import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.runtime.operation.Parameter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Makes frames and matrices, runs kernels on them and shows results in few words. */
final class Frames {
  static final Allocator HEAP =
      bytes -> {
        MemorySegment segment = Arena.ofAuto().allocate(Math.max(1, bytes), 64).fill((byte) 0x5A);
        return new Buffer() {
          @Override
          public MemorySegment segment() {
            return segment;
          }

          @Override
          public void release() {}
        };
      };

  private Frames() {}

  /**
   * A frame of texts from lines of comma-separated cells, names first; an empty cell is missing.
   */
  static Frame texts(String names, String... lines) {
    List<String> columns = List.of(names.split(","));
    List<Object> cells = new ArrayList<>();
    List<ColumnType> schema = new ArrayList<>();
    for (int c = 0; c < columns.size(); c++) {
      String[] column = new String[lines.length];
      for (int r = 0; r < lines.length; r++) {
        String cell = lines[r].split(",", -1)[c];
        column[r] = cell.isEmpty() ? null : cell;
      }
      cells.add(column);
      schema.add(ColumnType.STRING);
    }
    return new Frame(lines.length, columns, schema, cells);
  }

  /** The frame that the facts about SystemDS were taken from, all text. */
  static Frame sample() {
    return texts(
        "num,cat,dbl,flag,mis",
        "10,b,1.5,TRUE,x",
        "2,a,2.5,FALSE,",
        "10,c,,TRUE,y",
        "7,b,4.5,FALSE,x",
        "3,,0.5,TRUE,z");
  }

  /** The same with types. */
  static Frame typedSample() {
    Frame texts = sample();
    return new Frame(
        5,
        texts.names(),
        List.of(
            ColumnType.INTEGER,
            ColumnType.STRING,
            ColumnType.DOUBLE,
            ColumnType.BOOLEAN,
            ColumnType.STRING),
        List.of(
            new long[] {10, 2, 10, 7, 3},
            texts.strings(1),
            new double[] {1.5, 2.5, 0, 4.5, 0.5},
            new boolean[] {true, false, true, false, true},
            texts.strings(4)));
  }

  static DenseMatrix matrix(double[][] rows) {
    DenseMatrix matrix = DenseMatrix.allocate(HEAP, rows.length, rows[0].length);
    for (int r = 0; r < rows.length; r++) {
      for (int c = 0; c < rows[0].length; c++) {
        matrix.set(r, c, rows[r][c]);
      }
    }
    return matrix;
  }

  /** Runs one kernel; operands left out at the end take their defaults. */
  static Operand[] run(int threads, String opcode, Operand... given) {
    return run(HEAP, threads, opcode, given);
  }

  /** As the other, with memory of one's own. */
  static Operand[] run(Allocator memory, int threads, String opcode, Operand... given) {
    List<Parameter> parameters = OperationTable.standard().get(opcode).parameters();
    Operand[] operands = Arrays.copyOf(given, Math.max(given.length, parameters.size()));
    for (int i = given.length; i < operands.length; i++) {
      operands[i] = parameters.get(i).defaultValue();
    }
    try (Parallel parallel = new Parallel(threads)) {
      KernelTable.Builder table = new KernelTable.Builder();
      FrameKernels.register(table, parallel);
      return table
          .build()
          .find(opcode)
          .run(
              new Operation(OperationTable.standard().get(opcode)),
              operands,
              new ExecutionContext(memory, threads));
    }
  }

  static Operand run(String opcode, Operand... operands) {
    return run(1, opcode, operands)[0];
  }

  static Scalar text(String text) {
    return Scalar.of(text);
  }

  /** Rows of a matrix, numbers in their shortest form. */
  static String show(Operand operand) {
    DenseMatrix matrix = (DenseMatrix) operand;
    StringBuilder text = new StringBuilder();
    for (long r = 0; r < matrix.rows(); r++) {
      for (long c = 0; c < matrix.cols(); c++) {
        double cell = matrix.get(r, c);
        text.append(c == 0 ? "" : " ");
        text.append(cell == Math.rint(cell) ? Long.toString((long) cell) : Double.toString(cell));
      }
      text.append('\n');
    }
    return text.toString();
  }

  /** Cells of a frame as toString shows them, without the head. */
  static String showCells(Operand operand) {
    String all = FrameText.of((Frame) operand, 100, 100, 3, " ", "\n");
    return Arrays.stream(all.split("\n")).skip(3).collect(Collectors.joining("\n", "", "\n"));
  }
}

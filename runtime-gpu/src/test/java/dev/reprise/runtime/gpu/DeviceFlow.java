package dev.reprise.runtime.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceNumber;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.accelerator.CellExpression;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.accelerator.Mark;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/** What a worker does with an accelerator, on the test's thread. */
final class DeviceFlow implements AutoCloseable {
  /** Cells with those who use them: a worker's task pins its inputs until its mark is reached. */
  static final class Cells {
    final DeviceMatrix matrix;
    int users = 1;

    /** What these are a part of, or null. */
    private final Cells whole;

    Cells(DeviceMatrix matrix) {
      this(matrix, null);
    }

    Cells(DeviceMatrix matrix, Cells whole) {
      this.matrix = matrix;
      this.whole = whole;
    }

    void release() {
      users--;
      if (users == 0) {
        matrix.buffer().release();
        if (whole != null) {
          whole.release();
        }
      }
    }
  }

  /** A number where it lies. */
  record Number(Cells cell) {}

  private record Task(Mark mark, List<Cells> inputs) {}

  final Accelerator accelerator;
  private final Arena arena = Arena.ofShared();
  private final Deque<Task> issued = new ArrayDeque<>();

  DeviceFlow(Accelerator accelerator) {
    this.accelerator = accelerator;
  }

  DeviceBuffer allocate(long bytes) {
    DeviceBuffer kept = accelerator.kept(bytes);
    return kept == null ? accelerator.allocate(bytes) : kept;
  }

  Cells launch(String opcode, Object... operands) {
    Operation operation =
        new Operation(OperationTable.standard().get(opcode), Attributes.none())
            .withPrecision(Precision.FP64);
    List<Cells> pinned = new ArrayList<>();
    DeviceOperand[] inputs = operands(operands, pinned);
    return issued(accelerator.launch(operation, inputs, this::allocate), pinned);
  }

  /** An expression of numbers. */
  Cells launchNumber(List<CellExpression.Node> nodes, Object... leaves) {
    CellExpression expression =
        new CellExpression(
            Collections.nCopies(leaves.length, CellExpression.Spread.SCALAR), nodes, null);
    List<Cells> pinned = new ArrayList<>();
    DeviceOperand[] inputs = operands(leaves, pinned);
    return issued(
        accelerator.launch(expression, Precision.FP64, inputs, 1, 1, this::allocate), pinned);
  }

  private Cells issued(DeviceOperand[] outputs, List<Cells> pinned) {
    issued.add(new Task(accelerator.mark(), pinned));
    return new Cells((DeviceMatrix) outputs[0]);
  }

  private static DeviceOperand[] operands(Object[] operands, List<Cells> pinned) {
    DeviceOperand[] inputs = new DeviceOperand[operands.length];
    for (int i = 0; i < operands.length; i++) {
      switch (operands[i]) {
        case Cells cells -> {
          inputs[i] = cells.matrix;
          cells.users++;
          pinned.add(cells);
        }
        case Number number -> {
          inputs[i] = new DeviceNumber(number.cell.matrix.buffer());
          number.cell.users++;
          pinned.add(number.cell);
        }
        case Integer number -> inputs[i] = Scalar.of((long) number);
        case Double number -> inputs[i] = Scalar.of(number);
        default -> throw new IllegalArgumentException();
      }
    }
    return inputs;
  }

  /** That of the last launch. */
  Mark lastMark() {
    return issued.peekLast().mark;
  }

  /** Rows that are read where they lie. */
  Cells part(Cells whole, long first, long rows) {
    long rowBytes = 8 * whole.matrix.cols();
    assertThat(first * rowBytes % accelerator.partAlignment()).isZero();
    DeviceBuffer part = accelerator.part(whole.matrix.buffer(), first * rowBytes, rows * rowBytes);
    whole.users++;
    return new Cells(new DeviceMatrix(rows, whole.matrix.cols(), Precision.FP64, part), whole);
  }

  void complete(int left) {
    while (issued.size() > left) {
      Task oldest = issued.poll();
      oldest.mark.await();
      oldest.mark.release();
      oldest.inputs.forEach(Cells::release);
    }
  }

  Cells uploaded(SplittableRandom random, int rows, int cols) {
    MemorySegment cells = arena.allocate(8L * rows * cols, 64);
    for (int i = 0; i < rows * cols; i++) {
      cells.setAtIndex(ValueLayout.JAVA_DOUBLE, i, random.nextDouble() - 0.5);
    }
    DeviceBuffer buffer = allocate(cells.byteSize());
    accelerator.upload(cells, buffer, cells.byteSize());
    return new Cells(new DeviceMatrix(rows, cols, Precision.FP64, buffer));
  }

  /** Cells once their mark has been reached. */
  double[] read(Cells cells) {
    complete(0);
    long bytes = cells.matrix.bytes();
    MemorySegment there = arena.allocate(bytes, 64);
    accelerator.download(cells.matrix.buffer(), there, bytes);
    return there.toArray(ValueLayout.JAVA_DOUBLE);
  }

  @Override
  public void close() {
    try {
      complete(0);
      assertThat(accelerator.liveBuffers()).isZero();
    } finally {
      // As a session does: not the worker.
      CompletableFuture.runAsync(accelerator::close).join();
      arena.close();
    }
  }
}

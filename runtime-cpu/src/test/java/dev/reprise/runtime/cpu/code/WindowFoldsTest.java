package dev.reprise.runtime.cpu.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.operation.WindowShape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Code for registers of both sizes has the same bits, and writes nothing beside what it is to
 * write. That these are the bits of the loops in Java is tested where these are.
 */
class WindowFoldsTest {
  private static final int CHANNELS = 3;

  /** Bytes behind what is written, which have to stay. */
  private static final int BEHIND = 64;

  private final Random random = new Random(20261130);

  private static Stream<Arguments> kinds() {
    return Stream.of(WindowFolds.values())
        .flatMap(kind -> Stream.of(Precision.values()).map(of -> Arguments.of(kind, of)));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void registersOfBothSizesHaveTheSameBits(WindowFolds kind, Precision precision) {
    assumeTrue(CellFunction.areThere(), "a processor with AVX2 and FMA, on Linux");
    for (int round = 0; round < 300; round++) {
      WindowShape shape =
          WindowShape.of(
              "max_pool",
              new double[] {
                1,
                CHANNELS,
                7 + random.nextInt(6),
                7 + random.nextInt(40),
                1 + random.nextInt(7),
                1 + random.nextInt(7),
                1 + random.nextInt(4),
                1 + random.nextInt(12),
                random.nextInt(3),
                random.nextInt(3)
              });
      if (!kind.fit(shape)) {
        continue;
      }
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment images = cells(arena, precision, shape.inputCols());
        MemorySegment gradients = cells(arena, precision, shape.outputCols());
        byte[] small = run(kind, precision, shape, VectorRegisters.BYTES_32, images, gradients);
        byte[] large = run(kind, precision, shape, VectorRegisters.largest(), images, gradients);
        assertThat(large).as("%s", shape).isEqualTo(small);
      }
    }
  }

  private MemorySegment cells(Arena arena, Precision precision, long count) {
    MemorySegment cells = arena.allocate(count * precision.bytesPerCell(), 8);
    for (long i = 0; i < count; i++) {
      double cell = random.nextInt(4) == 0 ? random.nextInt(3) - 1 : random.nextGaussian();
      if (precision == Precision.FP64) {
        cells.setAtIndex(ValueLayout.JAVA_DOUBLE, i, cell);
      } else {
        cells.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) cell);
      }
    }
    return cells;
  }

  private static byte[] run(
      WindowFolds kind,
      Precision precision,
      WindowShape shape,
      VectorRegisters registers,
      MemorySegment images,
      MemorySegment gradients) {
    boolean toImages = kind.name().endsWith("GRADIENTS");
    long bytes = (toImages ? images : gradients).byteSize();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment target = arena.allocate(bytes + BEHIND, 8);
      target.asSlice(bytes).fill((byte) 7);
      WindowFolds.Call call = kind.call(precision, shape, registers);
      // Twice: what the first call leaves behind must not matter.
      for (int time = 0; time < 2; time++) {
        target.asSlice(0, bytes).fill((byte) 0);
        boolean isDone =
            call.run(images.address(), gradients.address(), target.address(), CHANNELS);
        assertThat(isDone).isTrue();
      }
      for (long i = bytes; i < target.byteSize(); i++) {
        assertThat(target.get(ValueLayout.JAVA_BYTE, i)).isEqualTo((byte) 7);
      }
      return target.asSlice(0, bytes).toArray(ValueLayout.JAVA_BYTE);
    }
  }
}
